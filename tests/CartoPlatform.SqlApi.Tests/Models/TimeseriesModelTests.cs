using System.Net;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Models;

public sealed class TimeseriesModelTests(SqlFixture fixture) : IClassFixture<SqlFixture>
{
    private const string Times = """
        SELECT t, n, c FROM (VALUES
          ('1969-12-31 23:59:59.5Z'::timestamptz, 1, 'a'), ('2023-12-31 23:59:59Z', 2, 'b'), ('2024-01-01 00:00Z', 3, 'a'),
          ('2024-01-07 12:34:56Z', 4, NULL), ('2024-01-08 00:00+02', 5, 'a'), ('2024-05-15 00:00Z', NULL, 'b'),
          ('infinity', 7, 'a'), (NULL, 8, 'a')) AS v(t, n, c)
        """;

    [Theory]
    [InlineData("second", 1, "1969-12-31T23:59:59Z 1, 2023-12-31T23:59:59Z 1, 2024-01-01T00:00:00Z 1, 2024-01-07T12:34:56Z 1, 2024-01-07T22:00:00Z 1")]
    [InlineData("minute", 1, "1969-12-31T23:59:00Z 1, 2023-12-31T23:59:00Z 1, 2024-01-01T00:00:00Z 1, 2024-01-07T12:34:00Z 1, 2024-01-07T22:00:00Z 1")]
    [InlineData("minute", 15, "1969-12-31T23:45:00Z 1, 2023-12-31T23:45:00Z 1, 2024-01-01T00:00:00Z 1, 2024-01-07T12:30:00Z 1, 2024-01-07T22:00:00Z 1")]
    [InlineData("hour", 6, "1969-12-31T18:00:00Z 1, 2023-12-31T18:00:00Z 1, 2024-01-01T00:00:00Z 1, 2024-01-07T12:00:00Z 1, 2024-01-07T18:00:00Z 1")]
    [InlineData("day", 1, "1969-12-31T00:00:00Z 1, 2023-12-31T00:00:00Z 1, 2024-01-01T00:00:00Z 1, 2024-01-07T00:00:00Z 2")]
    [InlineData("week", 1, "1969-12-29T00:00:00Z 1, 2023-12-25T00:00:00Z 1, 2024-01-01T00:00:00Z 3")]
    [InlineData("week", 2, "1969-12-29T00:00:00Z 1, 2023-12-18T00:00:00Z 1, 2024-01-01T00:00:00Z 3")]
    [InlineData("month", 1, "1969-12-01T00:00:00Z 1, 2023-12-01T00:00:00Z 1, 2024-01-01T00:00:00Z 3")]
    [InlineData("month", 3, "1969-10-01T00:00:00Z 1, 2023-10-01T00:00:00Z 1, 2024-01-01T00:00:00Z 3")]
    [InlineData("year", 1, "1969-01-01T00:00:00Z 1, 2023-01-01T00:00:00Z 1, 2024-01-01T00:00:00Z 3")]
    [InlineData("year", 10, "1960-01-01T00:00:00Z 1, 2020-01-01T00:00:00Z 4")]
    public async Task Steps_begin_in_utc_and_on_mondays(string step, int multiplier, string expected) => Assert.Equal(
        expected, await SeriesAsync(Times, $$"""{"column":"t","operation":"count","operationColumn":"n","stepSize":"{{step}}","stepMultiplier":{{multiplier}}}"""));

    [Theory]
    [InlineData("sum", "1969-01-01T00:00:00Z 1, 2023-01-01T00:00:00Z 2, 2024-01-01T00:00:00Z 12")]
    [InlineData("max", "1969-01-01T00:00:00Z 1, 2023-01-01T00:00:00Z 2, 2024-01-01T00:00:00Z 5")]
    public async Task Each_step_has_its_aggregate(string operation, string expected) => Assert.Equal(
        expected, await SeriesAsync(Times, $$"""{"column":"t","operation":"{{operation}}","operationColumn":"n","stepSize":"year"}"""));

    [Theory]
    [InlineData("'2024-02-29'::date")]
    [InlineData("'2024-02-29 23:59:59'::timestamp")]
    [InlineData("'2024-03-01 01:00+02'::timestamptz")]
    [InlineData("1709164800000::bigint")]
    [InlineData("1709164800000.5::float8")]
    public async Task Times_of_any_type_are_in_utc(string value) => Assert.Equal(
        "2024-02-29T00:00:00Z 1", await SeriesAsync($"SELECT {value} AS t", """{"column":"t","operation":"count","stepSize":"day"}"""));

    [Fact]
    public async Task Expression_is_evaluated_for_each_step() => Assert.Equal(
        "1969-01-01T00:00:00Z 10, 2023-01-01T00:00:00Z 20, 2024-01-01T00:00:00Z 120",
        await SeriesAsync(Times, """{"column":"t","operation":"custom","operationExp":"sum(n) * 10","stepSize":"year"}"""));

    [Theory]
    [InlineData("", "a 1969 1, b 2023 2, a 2024 8, null 2024 4", """["a","b",null]""")]
    [InlineData(",\"splitByCategoryLimit\":2", "a 1969 1, b 2023 2, a 2024 8", """["a","b"]""")]
    [InlineData(",\"splitByCategoryLimit\":1", "a 1969 1, a 2024 8", """["a"]""")]
    [InlineData(",\"splitByCategoryValues\":[\"b\",null]", "b 2023 2, null 2024 4", """["b",null]""")]
    [InlineData(",\"splitByCategoryValues\":[\"nowhere\"]", "", "[]")]
    public async Task Split_series_list_their_categories(string parameters, string expected, string categories)
    {
        var answer = await fixture.Host.Caller.ModelAsync(
            "timeseries", Times, $$"""{"column":"t","operation":"sum","operationColumn":"n","stepSize":"year","splitByCategory":"c"{{parameters}}}""");

        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        Assert.Equal(expected, string.Join(", ", answer.Json.GetProperty("rows").EnumerateArray().Select(row =>
            $"{row.GetProperty("category").GetString() ?? "null"} {row.GetProperty("name").GetString()?[..4]} {row.GetProperty("value").GetRawText()}")));
        Assert.Equal(categories, answer.Json.GetProperty("metadata").GetProperty("categories").GetRawText());
    }

    [Fact]
    public async Task Without_rows_there_are_no_steps() =>
        Assert.Equal("""{"rows":[]}""", await fixture.Host.Caller.BodyAsync("timeseries", $"SELECT * FROM ({Times}) v WHERE false", """{"column":"t","operation":"count","stepSize":"day"}"""));

    [Theory]
    [InlineData("'{-infinity,infinity,0044-03-15 BC,4714-11-24 BC,0001-12-31 BC,0001-01-01,2024-02-29,9999-12-31 23:59:59.999999,10000-01-01,294276-12-31 23:59:59}'::timestamp[]")]
    [InlineData("'{-infinity,infinity,0044-03-15 BC,4714-11-24 BC,0001-12-31 BC,0001-01-01,2024-02-29,9999-12-31 23:59:59.999999,10000-01-01,294276-12-31 23:59:59}'::timestamptz[]")]
    [InlineData("'{-infinity,infinity,0044-03-15 BC,4714-11-24 BC,0001-12-31 BC,0001-01-01,2024-02-29,9999-12-31,10000-01-01,5874897-12-31}'::date[]")]
    [InlineData("'{-9223372036854775808,9223372036854775807,-62135596800001,-62135596800000,1709164800000,253402300799999,253402300800000}'::bigint[]")]
    [InlineData("'{NaN,-Infinity,Infinity,1e308,-1e308,-62135596800000,1709164800000,253402300799000}'::float8[]")]
    [InlineData("'{NaN,1e999,-1e999,-62135596800000,1709164800000,253402300799999.5}'::numeric[]")]
    public async Task Times_beyond_four_digits_for_the_year_are_in_no_step(string values)
    {
        var source = $"SELECT unnest({values}) AS t";
        foreach (var (step, multiplier, expected) in new[]
        {
            ("year", 1, "0001-01-01T00:00:00Z 1, 2024-01-01T00:00:00Z 1, 9999-01-01T00:00:00Z 1"),
            ("year", 1000, "0001-01-01T00:00:00Z 1, 1970-01-01T00:00:00Z 1, 9970-01-01T00:00:00Z 1"),
            ("month", 12_000, "0001-01-01T00:00:00Z 1, 1970-01-01T00:00:00Z 1, 9970-01-01T00:00:00Z 1"),
            ("week", 1, "0001-01-01T00:00:00Z 1, 2024-02-26T00:00:00Z 1, 9999-12-27T00:00:00Z 1"),
            ("day", 1, "0001-01-01T00:00:00Z 1, 2024-02-29T00:00:00Z 1, 9999-12-31T00:00:00Z 1"),
        })
        {
            Assert.Equal(expected, await SeriesAsync(source, $$"""{"column":"t","operation":"count","stepSize":"{{step}}","stepMultiplier":{{multiplier}}}"""));
        }

        foreach (var (step, multiplier) in new[] { ("week", 52_000), ("day", 365_000), ("hour", 1_000_000), ("minute", 1_000_000), ("second", 1_000_000), ("second", 1) })
        {
            var series = await SeriesAsync(source, $$"""{"column":"t","operation":"count","stepSize":"{{step}}","stepMultiplier":{{multiplier}}}""");
            Assert.StartsWith("0001-01-01T00:00:00Z 1, ", series, StringComparison.Ordinal);
            Assert.Equal(3, series.Split(", ").Length);
        }
    }

    [Theory]
    [InlineData("year", 1_001)]
    [InlineData("month", 12_001)]
    [InlineData("week", 52_001)]
    [InlineData("day", 365_001)]
    [InlineData("second", 1_000_001)]
    public async Task Step_of_more_than_a_thousand_years_is_400(string step, int multiplier) => Assert.Equal(
        HttpStatusCode.BadRequest,
        (await fixture.Host.Caller.ModelAsync("timeseries", Times, $$"""{"column":"t","operation":"count","stepSize":"{{step}}","stepMultiplier":{{multiplier}}}""")).Status);

    [Theory]
    [InlineData("""{"column":"t","operation":"count"}""")]
    [InlineData("""{"column":"t","operation":"count","stepSize":"quarter"}""")]
    [InlineData("""{"column":"t","operation":"count","stepSize":"day","stepMultiplier":0}""")]
    [InlineData("""{"column":"t","operation":"count","stepSize":"day","stepMultiplier":-1}""")]
    [InlineData("""{"column":"c","operation":"count","stepSize":"day"}""")]
    [InlineData("""{"column":"t","operation":"count","stepSize":"day","splitByCategory":"nowhere"}""")]
    [InlineData("""{"column":"t","operation":"count","stepSize":"day","splitByCategory":"c","splitByCategoryValues":[{}]}""")]
    [InlineData("""{"column":"t","operation":"count","stepSize":"day'; DROP TABLE x; --"}""")]
    public async Task Series_that_cannot_be_is_400(string parameters)
    {
        var answer = await fixture.Host.Caller.ModelAsync("timeseries", Times, parameters);
        Assert.True(answer.Status == HttpStatusCode.BadRequest, answer.Body);
    }

    private async Task<string> SeriesAsync(string source, string parameters)
    {
        var answer = await fixture.Host.Caller.ModelAsync("timeseries", source, parameters);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        return string.Join(", ", answer.Json.GetProperty("rows").EnumerateArray().Select(row => $"{row.GetProperty("name").GetString()} {row.GetProperty("value").GetRawText()}"));
    }
}
