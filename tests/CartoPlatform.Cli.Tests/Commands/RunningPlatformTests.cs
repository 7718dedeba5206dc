using System.Text.Json.Nodes;
using CartoPlatform.EmbeddedPostGis.Processes;

namespace CartoPlatform.Cli.Tests.Commands;

/// <summary>What the commands say of a platform that runs.</summary>
public sealed class RunningPlatformTests(RunningPlatformTests.Platform platform) : IClassFixture<RunningPlatformTests.Platform>
{
    private readonly Carto _carto = platform.Carto;

    [Fact]
    public async Task Status_tells_programs_all_they_need()
    {
        var status = await _carto.StatusAsync();

        Assert.Equal(_carto.BaseUrl, status["baseUrl"]!.ToString());
        Assert.Equal("carto_dw", status["connection"]!.ToString());
        Assert.Equal(_carto.Folder, status["dataDir"]!.ToString());
        Assert.Equal("healthy", status["state"]!.ToString());
        Assert.NotEqual("", status["version"]!.ToString());
        Assert.Equal("200", await AskAsync(status["token"]!.ToString()));
        Assert.Equal("401", await AskAsync("nonsense"));
    }

    [Fact]
    public async Task Connection_string_of_the_status_is_one_of_libpq_with_the_owners_rights()
    {
        var status = await _carto.StatusAsync();

        var psql = await _carto.RunAsync("psql", status["postgres"]!.ToString(), "-Atc", "select current_user, current_database()");

        Assert.Equal("carto_owner|carto_dw\n", psql.Output);
    }

    [Fact]
    public async Task Psql_gets_standard_input_and_gives_its_exit_code()
    {
        var answer = await _carto.RunAsync("select 6 * 7;\n", ["psql", "-At"]);
        var failure = await _carto.RunAsync("", ["psql", "-v", "ON_ERROR_STOP=1", "-c", "select 1/0"]);

        Assert.Equal((0, "42\n"), (answer.ExitCode, answer.Output));
        Assert.Equal(1, failure.ExitCode);
        Assert.Contains("division by zero", failure.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Second_up_says_that_it_runs()
    {
        var again = await _carto.RunAsync("up");
        var otherwise = await _carto.RunAsync("up", "--topology", "services");

        Assert.Equal(0, again.ExitCode);
        Assert.Contains($"already running at {_carto.BaseUrl}", again.Output, StringComparison.Ordinal);
        Assert.Equal(1, otherwise.ExitCode);
        Assert.Contains("as topology standard", otherwise.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Loaded_table_can_be_queried_at_once()
    {
        var file = Path.Combine(_carto.Folder, "My places.csv");
        await File.WriteAllTextAsync(file, "id,lon,lat\n1,8,47\n2,9,48\n");

        var load = await _carto.RunAsync("load", file);
        var token = (await _carto.StatusAsync())["token"]!.ToString();

        Assert.Equal((0, ""), (load.ExitCode, load.Error));
        Assert.Contains("public.my_places: 2 rows", load.Output, StringComparison.Ordinal);
        Assert.Contains($"{_carto.BaseUrl}/v3/maps/carto_dw/table?name=public.my_places", load.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(token, load.Output, StringComparison.Ordinal);
        Assert.Equal("200", await AskAsync(token, "SELECT count(*) FROM public.my_places"));
    }

    [Fact]
    public async Task Doctor_is_content()
    {
        var doctor = await _carto.RunAsync("doctor");

        Assert.Equal(0, doctor.ExitCode);
        Assert.Contains($"ok    platform     healthy at {_carto.BaseUrl}", doctor.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_that_is_killed_comes_back()
    {
        var before = _carto.Run().Services.Single().Process!.Value;

        before.Signal(ProcessSignal.Kill);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        JsonObject status;
        do status = await _carto.StatusAsync();
        while ((status["state"]!.ToString() != "healthy" || _carto.Run().Services.Single().Process == before) && !limit.IsCancellationRequested);

        Assert.Equal("healthy", status["state"]!.ToString());
        Assert.NotEqual(before, _carto.Run().Services.Single().Process);
    }

    [Fact]
    public async Task Database_that_is_killed_comes_back_with_its_data()
    {
        await _carto.RunAsync("psql", "-c", "create table public.survivor as select 42 as answer");
        var before = _carto.Run().Database!.Process!.Value;

        before.Signal(ProcessSignal.Kill);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        Outcome answer;
        do answer = await _carto.RunAsync("psql", "-Atc", "select answer from public.survivor");
        while (answer.ExitCode != 0 && !limit.IsCancellationRequested);

        Assert.Equal("42\n", answer.Output);
    }

    private async Task<string> AskAsync(string token, string sql = "SELECT 1")
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{_carto.BaseUrl}/v3/sql/carto_dw/query?q={Uri.EscapeDataString(sql)}");
        request.Headers.Authorization = new("Bearer", token);
        using var response = await client.SendAsync(request);
        return ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    public sealed class Platform : IAsyncLifetime
    {
        public Carto Carto { get; } = new();

        public Task InitializeAsync() => Carto.UpAsync();

        public async Task DisposeAsync() => await Carto.DisposeAsync();
    }
}
