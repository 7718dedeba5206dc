using System.Net;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Models;

/// <summary>Too many rows, too long a time, and names that are no names.</summary>
public sealed class ModelLimitTests(SqlFixture fixture) : IClassFixture<SqlFixture>
{
    // Against this text PostgreSQL's regular expressions take hours.
    private const string SlowText = "SELECT repeat('a', 2000) || 'b' AS x, 1 AS n";
    private const string SlowFilter = """{"x":{"stringSearch":{"values":["(.+)(.+)(.+)\\1\\2\\3$"],"params":{"useRegExp":true}}}}""";

    // Of each model, more rows than the limit and more bytes than are held back.
    [Theory]
    [InlineData("category", """{"column":"x","operation":"count"}""")]
    [InlineData("category", """{"column":"x","operation":"count","othersThreshold":3}""")]
    [InlineData("timeseries", """{"column":"t","operation":"count","stepSize":"second"}""")]
    [InlineData("timeseries", """{"column":"t","operation":"count","stepSize":"second","splitByCategory":"x"}""")]
    [InlineData("table", """{"column":["x","t"],"limit":1000000}""")]
    [InlineData("table", """{"column":["x"],"limit":200001,"sortBy":"x"}""")]
    public async Task More_rows_than_the_limit_are_a_clean_400(string model, string parameters)
    {
        var answer = await fixture.Host.Caller.ModelAsync(
            model, "SELECT 'a name of a category that is long ' || i AS x, timestamp '2000-01-01' + i * interval '1 second' AS t FROM generate_series(1, 200001) i", parameters);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("more than 200000 rows", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_many_rows_as_the_limit_are_an_answer()
    {
        using var host = fixture.Start(("Sql:Limits:MaxRows", "1000"));

        var all = await host.Caller.ModelAsync("category", "SELECT i AS x FROM generate_series(1, 1000) i", """{"column":"x","operation":"count"}""");

        Assert.Equal(1000, all.Json.GetProperty("rows").GetArrayLength());
        Assert.Equal(HttpStatusCode.BadRequest, (await host.Caller.ModelAsync("category", "SELECT i AS x FROM generate_series(1, 1001) i", """{"column":"x","operation":"count"}""")).Status);
    }

    [Fact]
    public async Task Regular_expression_has_less_time_than_a_statement()
    {
        using var host = fixture.Start(("Pools:RegExpTimeLimit", "00:00:00.5"));
        var url = new Uri($"/v3/stats/{SqlFixture.Connection}/n?q={Uri.EscapeDataString(SlowText)}&filters={Uri.EscapeDataString(SlowFilter)}", UriKind.Relative);

        var model = await host.Caller.ModelAsync("formula", SlowText, """{"column":"n","operation":"count"}""", ("filters", SlowFilter));
        var stats = await SqlAnswer.ReadAsync(await host.Caller.Http.GetAsync(url));

        foreach (var answer in new[] { model, stats })
        {
            Assert.True(answer.Status == HttpStatusCode.RequestTimeout, answer.Body);
            Assert.Contains("regular expression took longer than 0.5 seconds", answer.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Regular_expression_that_is_quick_is_answered() => Assert.Equal(
        """[{"value":1}]""",
        await fixture.Host.Caller.RowsAsync(
            "formula", "SELECT 'Montevideo' AS x UNION ALL SELECT 'Madrid'", """{"column":"x","operation":"count"}""",
            ("filters", """{"x":{"stringSearch":{"values":["^m.*deo$"],"params":{"useRegExp":true}}}}""")));

    // Any text of a model's parameters may be an expression, and is looked through for the names of what it depends on.
    [Theory]
    [InlineData("{\"column\":\"n\",\"operation\":\"sum\",\"unknown\":\"TEXT\"}", HttpStatusCode.OK)]
    [InlineData("{\"column\":\"TEXT\",\"operation\":\"sum\"}", HttpStatusCode.BadRequest)]
    public async Task Letters_by_the_hundred_thousand_are_read_in_no_time(string parameters, HttpStatusCode status)
    {
        await fixture.Database.ExecuteAsync("CREATE TABLE IF NOT EXISTS public.letters (n int)");
        var body = new System.Text.Json.Nodes.JsonObject
        {
            ["type"] = "table",
            ["source"] = "public.letters",
            ["params"] = System.Text.Json.Nodes.JsonNode.Parse(parameters.Replace("TEXT", new string('x', 900_000), StringComparison.Ordinal)),
        };

        Assert.Equal(status, (await fixture.Host.Caller.PostModelAsync("formula", body)).Status);
    }

    [Theory]
    [InlineData("params", """{"column":"x","operation":"count","foo":["\ud800"]}""")]
    [InlineData("params", """{"column":"x","operation":"count","\ud800":1}""")]
    [InlineData("params", """{"column":"x","operation":"count","foo":{"bar":"\udc00"}}""")]
    [InlineData("filters", """{"\ud800":{"in":{"values":[1]}}}""")]
    [InlineData("filters", """{"x":{"\ud800":{"values":[1]}}}""")]
    [InlineData("spatialFilters", """{"\ud800":{"type":"Polygon","coordinates":[]}}""")]
    [InlineData("queryParameters", """{"\ud800":1}""")]
    public async Task Half_a_surrogate_pair_is_400_in_a_url_and_in_a_body(string parameter, string json)
    {
        var counted = """{"column":"x","operation":"count"}""";
        (string, string)[] more = parameter == "params" ? [] : [(parameter, json)];
        var inUrl = await fixture.Host.Caller.ModelAsync("formula", "SELECT 1 AS x", parameter == "params" ? json : counted, more);
        using var content = new StringContent(
            $$"""{"type":"query","source":"SELECT 1 AS x",{{(parameter == "params" ? "" : $"\"params\":{counted},")}}"{{parameter}}":{{json}}}""", System.Text.Encoding.UTF8, "application/json");
        var inBody = await SqlAnswer.ReadAsync(await fixture.Host.Caller.Http.PostAsync(new Uri($"/v3/sql/{SqlFixture.Connection}/model/formula", UriKind.Relative), content));

        foreach (var answer in new[] { inUrl, inBody })
        {
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            Assert.Contains("not valid Unicode", answer.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("source")]
    [InlineData("column")]
    [InlineData("filter")]
    [InlineData("spatial")]
    public async Task Name_of_a_megabyte_is_not_sent_back(string place)
    {
        var name = new string('n', 900_000);
        var body = new System.Text.Json.Nodes.JsonObject { ["type"] = "query", ["source"] = "SELECT 1 AS x", ["params"] = new System.Text.Json.Nodes.JsonObject { ["column"] = "x" } };
        if (place == "source") (body["type"], body["source"]) = ("table", name);
        if (place == "column") body["params"]!["column"] = name;
        if (place == "filter") body["filters"] = new System.Text.Json.Nodes.JsonObject { [name] = new System.Text.Json.Nodes.JsonObject { ["in"] = new System.Text.Json.Nodes.JsonObject { ["values"] = new System.Text.Json.Nodes.JsonArray(1) } } };
        if (place == "spatial") body["spatialFilters"] = new System.Text.Json.Nodes.JsonObject { [name] = new System.Text.Json.Nodes.JsonObject { ["type"] = "Polygon", ["coordinates"] = new System.Text.Json.Nodes.JsonArray() } };

        var answer = await fixture.Host.Caller.PostModelAsync("category", body);

        Assert.True(answer.Status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound, $"{(int)answer.Status}");
        Assert.InRange(answer.Body.Length, 1, 2_000);
    }
}
