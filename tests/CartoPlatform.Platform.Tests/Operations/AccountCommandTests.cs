using System.Net;
using System.Text;
using System.Text.Json;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.Platform.Tests.Operations;

/// <summary>People and programs that may come in, as they are made with <c>./carto user</c> and <c>./carto oauth</c>.</summary>
[Collection(SharedPlatform.Name)]
public sealed class AccountCommandTests(PlatformFixture platforms)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task User_signs_in_with_the_password_that_was_printed_and_not_with_the_one_before()
    {
        var platform = await platforms.GetAsync(Topologies.Standard);
        var email = $"{Guid.NewGuid():N}@example.org";

        var first = await RunAsync(platform, "user", "create", email, "--role", "Editor", "--name", "Ada");
        var listed = await RunAsync(platform, "user", "list");
        var second = await RunAsync(platform, "user", "set-password", email.ToUpperInvariant());

        Assert.Contains($"{email}  Editor", listed.Split('\n'));
        Assert.Equal(HttpStatusCode.Unauthorized, await SignInAsync(platform, email, first));
        Assert.Equal(HttpStatusCode.OK, await SignInAsync(platform, email, second));
        var again = await TryAsync(platform, "user", "create", email);
        var nobody = await TryAsync(platform, "user", "set-password", "nobody@example.org");
        Assert.Equal((1, 1), (again.ExitCode, nobody.ExitCode));
        Assert.Contains("already", again.Error, StringComparison.Ordinal);
        Assert.Contains("There is no user", nobody.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Machine_gets_a_token_with_the_secret_that_was_printed_until_it_is_deleted()
    {
        var platform = await platforms.GetAsync(Topologies.Standard);
        var name = $"machine {Guid.NewGuid():N}";

        var made = (await RunAsync(platform, "oauth", "create", name, "--role", "Editor", "--scope", "read:tokens", "--grant", "carto_dw:demo.airports")).Split('\n');
        var (id, secret) = (made[0].Split(' ')[1], made[1].Split(' ')[1]);
        var listed = await RunAsync(platform, "oauth", "list");
        Assert.Contains($"{id}  machine  {name}  read:tokens", listed.Split('\n'));
        Assert.DoesNotContain(secret, listed, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await IssueAsync(platform, id, secret));
        var renewed = await RunAsync(platform, "oauth", "renew-secret", id);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await IssueAsync(platform, id, secret), await IssueAsync(platform, id, renewed)));
        Assert.Equal(43, (await RunAsync(platform, "oauth", "rotate-key")).Length);
        Assert.Equal("Deleted.", await RunAsync(platform, "oauth", "delete", id));
        Assert.Equal(HttpStatusCode.Unauthorized, await IssueAsync(platform, id, renewed));
    }

    private static async Task<string> RunAsync(PlatformStatus platform, params string[] arguments)
    {
        var result = await TryAsync(platform, arguments);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result.Output.TrimEnd();
    }

    private static Task<CommandResult> TryAsync(PlatformStatus platform, params string[] arguments) =>
        Command.RunAsync("dotnet", [Repository.Cli, .. arguments, "--data", platform.DataDir], Limit);

    private static async Task<HttpStatusCode> SignInAsync(PlatformStatus platform, string email, string password)
    {
        using var client = new HttpClient();
        using var body = new StringContent(JsonSerializer.Serialize(new { email, password }), Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri($"{platform.BaseUrl}/v3/accounts/sign-in"), body);
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> IssueAsync(PlatformStatus platform, string id, string secret)
    {
        using var client = new HttpClient();
        using var body = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("client_id", id), new("client_secret", secret)]);
        using var answer = await client.PostAsync(new Uri($"{platform.BaseUrl}/oauth/token"), body);
        return answer.StatusCode;
    }
}
