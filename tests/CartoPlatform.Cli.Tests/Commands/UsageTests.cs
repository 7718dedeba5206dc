namespace CartoPlatform.Cli.Tests.Commands;

public sealed class UsageTests : IAsyncDisposable
{
    private readonly Carto _carto = new();

    public ValueTask DisposeAsync() => _carto.DisposeAsync();

    public static TheoryData<string> Names => [.. CartoCommand.Root().Subcommands.Where(command => !command.Hidden).Select(command => command.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_command_has_help(string name)
    {
        var help = await _carto.RunAsync(name, "--help");

        Assert.Equal(0, help.ExitCode);
        Assert.Contains(name, help.Output, StringComparison.Ordinal);
        Assert.Equal("", help.Error);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("up", "--nonsense")]
    [InlineData("up", "--port", "0")]
    [InlineData("up", "--port", "70000")]
    [InlineData("up", "--port", "x")]
    [InlineData("up", "--topology", "tier9")]
    [InlineData("up", "extra")]
    [InlineData("token")]
    [InlineData("token", "make")]
    [InlineData("token", "create", "--expires", "tomorrow")]
    [InlineData("token", "revoke")]
    [InlineData("load")]
    [InlineData("load", "a.csv", "b.csv", "--table", "t")]
    [InlineData("load", "a.csv", "--table", "pg_catalog.t")]
    public async Task Wrong_usage_is_2_and_one_sentence(params string[] arguments)
    {
        var outcome = await _carto.RunAsync(arguments);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Equal("", outcome.Output);
        Assert.StartsWith("carto: ", outcome.Error, StringComparison.Ordinal);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("see ./carto --help", "nonsense")]
    [InlineData("see ./carto up --help", "up", "--nonsense")]
    [InlineData("see ./carto token create --help", "token", "create", "--nonsense")]
    [InlineData("see ./carto oauth create --help", "oauth", "create")]
    public async Task Hint_names_the_whole_command(string hint, params string[] arguments) =>
        Assert.Contains(hint, (await _carto.RunAsync(arguments)).Error, StringComparison.Ordinal);

    [Fact]
    public async Task Usage_calls_the_command_as_people_do() =>
        Assert.Contains("  ./carto token create [options]", (await _carto.RunAsync("token", "create", "--help")).Output, StringComparison.Ordinal);

    [Theory]
    [InlineData("CARTO_PORT", "http")]
    [InlineData("CARTO_PORT", "99999")]
    [InlineData("CARTO_BIND", "everywhere")]
    public async Task Wrong_variable_is_named(string name, string value)
    {
        var outcome = await _carto.RunAsync("", ["up"], new Dictionary<string, string> { [name] = value });

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains($"{name} is '{value}'", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Empty_id_of_a_token_is_wrong_usage()
    {
        var outcome = await _carto.RunAsync("token", "revoke", "");

        Assert.Equal((2, true), (outcome.ExitCode, outcome.Error.Contains("The id is empty", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("There is no platform in", "backup", "file")]
    [InlineData("There is no file", "restore", "missing")]
    [InlineData("/ is a folder", "restore", "/")]
    [InlineData("There is no such client: 'zz'", "oauth", "delete", "zz")]
    [InlineData("There is no such client: ''", "oauth", "renew-secret", "")]
    [InlineData("start it with ./carto up", "psql", "--admin", "-c", "select 1")]
    public async Task Nothing_to_save_or_bring_back_is_said(string sentence, params string[] arguments)
    {
        var outcome = await _carto.RunAsync(arguments);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(sentence, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_running_is_said_by_each_command_in_its_way()
    {
        var status = await _carto.RunAsync("status");
        var json = await _carto.RunAsync("status", "--json");
        var psql = await _carto.RunAsync("psql", "-c", "select 1");
        var load = await _carto.RunAsync("load", Path.Combine(_carto.Folder, "missing.csv"));
        var down = await _carto.RunAsync("down");
        var token = await _carto.RunAsync("token", "create");

        Assert.Equal((1, true), (token.ExitCode, token.Error.Contains("./carto up", StringComparison.Ordinal)));
        Assert.Equal(3, status.ExitCode);
        Assert.Equal(3, json.ExitCode);
        Assert.Contains("\"state\": \"stopped\"", json.Output, StringComparison.Ordinal);
        Assert.Equal((1, true), (psql.ExitCode, psql.Error.Contains("./carto up", StringComparison.Ordinal)));
        Assert.Equal((1, true), (load.ExitCode, load.Error.Contains("does not exist", StringComparison.Ordinal)));
        Assert.Equal((0, true), (down.ExitCode, down.Output.Contains("Nothing runs", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Doctor_fails_on_a_busy_port_and_says_how_to_mend_it()
    {
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, _carto.Port);
        other.Start();

        var outcome = await _carto.RunAsync("doctor");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains($"FAIL  port         Port {_carto.Port} of 127.0.0.1 is in use", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("ok    postgresql", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Port_of_another_program_stops_the_start_before_anything_is_made()
    {
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, _carto.Port);
        other.Start();

        var outcome = await _carto.RunAsync("up", "--detach");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains($"Port {_carto.Port}", outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_carto.Folder, "postgres")));
    }
}
