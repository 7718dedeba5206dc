using System.Net;
using CartoPlatform.Auth.Http;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.Testing.Time;
using CartoPlatform.WorkspaceClient;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace CartoPlatform.Auth.Tests.Http;

public sealed class CallerSealTests
{
    private const string Key = "0123456789abcdef";
    private const string Text = "the token";

    private static readonly TokenRecord Token = new()
    {
        Id = Guid.NewGuid(),
        AccountId = Guid.NewGuid(),
        Name = "größe",
        Grants = [new GrantRecord("carto_dw", "demo.airports")],
        AllowedApis = ["maps"],
        Referers = ["https://example.org"],
        Login = "north",
        Role = AccountRole.Editor,
        ExpiresAt = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero),
    };

    private readonly ManualTime _time = new();

    [Fact]
    public void What_one_service_has_sealed_another_opens()
    {
        var opened = Open(Seal());

        Assert.NotNull(opened);
        Assert.Equivalent(Token, opened, strict: true);
    }

    [Fact]
    public void It_holds_for_the_text_of_this_token_alone() => Assert.Null(Open(Seal(), text: "another token"));

    [Fact]
    public void Another_key_opens_nothing() => Assert.Null(Open(Seal(), key: "fedcba9876543210"));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("e30.")]
    [InlineData("e30.e30")]
    [InlineData("not base64.not base64")]
    [InlineData("e30.e30.e30")]
    public void Anything_else_opens_nothing(string header) => Assert.Null(Open(header));

    [Fact]
    public void Changed_content_opens_nothing()
    {
        var header = Seal();
        for (var at = 0; at < header.Length; at += 7)
            Assert.Null(Open(string.Concat(header.AsSpan(0, at), header[at] == 'A' ? "B" : "A", header.AsSpan(at + 1))));
    }

    [Theory]
    [InlineData(59, true)]
    [InlineData(61, false)]
    public void It_holds_for_a_minute(int seconds, bool opens)
    {
        var header = Seal();
        _time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(opens, Open(header) is not null);
    }

    [Fact]
    public void Without_a_key_nothing_is_sealed_or_opened()
    {
        Assert.Null(Make("").Seal(Text, Token));
        Assert.Null(Open(Seal(), key: ""));
    }

    [Fact]
    public void Token_that_does_not_fit_is_not_sealed() =>
        Assert.Null(Make(Key).Seal(Text, Token with { Grants = [.. Enumerable.Range(0, 500).Select(i => new GrantRecord("carto_dw", $"demo.table_{i}"))] }));

    [Fact]
    public async Task Token_that_a_service_has_not_met_is_known_by_its_seal_while_the_workspace_api_is_away()
    {
        await using var service = await GuardedService.StartAsync("http://127.0.0.1:1");
        var text = service.Issuer.Issue(Token, service.Time.GetUtcNow());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await service.GetAsync("/who", text, "https://example.org/map")).StatusCode);

        service.Client.DefaultRequestHeaders.Add(CallerSeal.Header, new CallerSeal(Options.Create(new InternalKeyOptions { InternalKey = Key }), service.Time).Seal(text, Token));

        Assert.Equal("größe", await (await service.GetAsync("/who", text, "https://example.org/map")).Content.ReadAsStringAsync());
        // What else is asked of a token is asked of this one, too.
        Assert.Equal(HttpStatusCode.Forbidden, (await service.GetAsync("/who", text, "https://other.example.org/")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await service.GetAsync("/who", service.Issuer.Issue(Token with { Id = Guid.NewGuid() }, service.Time.GetUtcNow()))).StatusCode);
    }

    private string Seal() => Make(Key).Seal(Text, Token)!; // It fits.

    private TokenRecord? Open(string header, string text = Text, string key = Key)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers[CallerSeal.Header] = header;
        return Make(key).Open(context.Request, text);
    }

    private CallerSeal Make(string key) => new(Options.Create(new InternalKeyOptions { InternalKey = key }), _time);
}
