using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Filters;
using CartoPlatform.Testing.PostGis;
using FsCheck;
using FsCheck.Fluent;
using Npgsql;

namespace CartoPlatform.PostGis.Tests.Filters;

/// <summary>Random filters over random rows: what passes in the database is what passes by the contract's rules (section 8.1), told in C#.</summary>
public sealed class FilterPropertyTests(PostGisFixture fixture) : IClassFixture<PostGisFixture>, IAsyncLifetime
{
    private static readonly decimal[] Numbers =
        [-9223372036854775808m, -9007199254740993m, -100.25m, -2, -1.5m, -1, 0, 0.1m, 0.5m, 1, 2, 2.5m, 3, 1000, 9007199254740992m, 9007199254740993m, 9223372036854775807m];

    private static readonly string[] Texts =
        ["", " ", "a", "A", "á", "Á", "ab", "%", "_", "\\", "'", "\"", "O'Brien", "ñandú 🦤", "NANDU", "100% (sure) [x]? .*", "null", "日本", "line\nbreak"];

    private static readonly DateTime[] Times =
        [.. new[] { "0001-01-02", "1969-12-31T23:59:59.999", "1970-01-01", "2024-02-29T12:00:00.5", "2024-12-31", "9999-12-31T23:59:59" }
            .Select(text => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal))];

    private static readonly IReadOnlyList<ColumnReference> Columns =
        [.. new[] { ("big", "int8"), ("num", "numeric"), ("real", "float8"), ("o'dd \"naïve\"", "text"), ("flag", "bool"), ("at", "timestamptz") }
            .Select(column => new ColumnReference(
                new Column(column.Item1, column.Item2, ColumnKinds.FromTypeName(column.Item2)), $"s.\"{column.Item1.Replace("\"", "\"\"", StringComparison.Ordinal)}\""))];

    private static readonly IReadOnlyList<Row> Rows = MakeRows();

    public async Task InitializeAsync()
    {
        await fixture.ExecuteAsync(
            """"
            DROP TABLE IF EXISTS filtered;
            CREATE TABLE filtered (id int, big int8, num numeric, real float8, "o'dd ""naïve""" text, flag bool, at timestamptz)
            """");
        foreach (var row in Rows)
        {
            await using var insert = fixture.Owner.CreateCommand("INSERT INTO filtered VALUES ($1, $2, $3::numeric, $4, $5, $6, $7)");
            foreach (var value in new object?[] { row.Id, row.Big, row.Num, row.Real, row.Text, row.Flag, row.At })
                insert.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
            await insert.ExecuteNonQueryAsync();
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public void Rows_that_pass_are_those_of_the_contract()
    {
        using var connection = fixture.Owner.OpenConnection();
        var filters = from conditions in Conditions.NonEmptyListOf()
                      from together in Gen.Elements(FilterOperator.And, FilterOperator.Or)
                      select (Conditions: conditions.GroupBy(condition => (condition.Column, condition.Type)).Select(same => same.First()).ToList(), Together: together);
        var property = Prop.ForAll(filters.ToArbitrary(), filter =>
        {
            var json = ToJson(filter.Conditions);
            var expected = Rows.Where(row => Passes(row, filter.Conditions, filter.Together)).Select(row => row.Id);
            Assert.Equal((json, string.Join(',', expected)), (json, string.Join(',', Run(connection, json, filter.Together))));
        });

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(600).WithEndSize(6), property);
    }

    private static List<int> Run(NpgsqlConnection connection, string json, FilterOperator together)
    {
        var values = new SqlParameterList();
        using var filters = JsonDocument.Parse(json);
        Assert.True(FilterCompiler.TryCompile(filters.RootElement, together, Columns, values, out var sql, out var error), error?.Error);
        using var command = new NpgsqlCommand($"SELECT id FROM filtered AS s WHERE {sql ?? "true"} ORDER BY id", connection);
        values.CopyTo(command.Parameters);
        using var reader = command.ExecuteReader();
        var ids = new List<int>();
        while (reader.Read()) ids.Add(reader.GetInt32(0));
        return ids;
    }

    // The conditions on one column must all hold, whatever joins the columns.
    private static bool Passes(Row row, List<Condition> conditions, FilterOperator together)
    {
        var columns = conditions.GroupBy(condition => condition.Column).Select(column => column.All(condition => condition.Passes(row)));
        return together == FilterOperator.And ? columns.All(passes => passes) : columns.Any(passes => passes);
    }

    private static string ToJson(List<Condition> conditions)
    {
        var columns = conditions.GroupBy(condition => condition.Column).Select(column =>
            $"{JsonSerializer.Serialize(column.Key)}:{{{string.Join(',', column.Select(condition => $"\"{condition.Type}\":{condition.Json}"))}}}");
        return $"{{{string.Join(',', columns)}}}";
    }

    private static Gen<Condition> Conditions => Gen.OneOf(
        Compared("big", Gen.Elements(Numbers), row => row.Big, Text),
        Compared("num", Gen.Elements(Numbers), row => row.Num is "NaN" or null ? null : decimal.Parse(row.Num, CultureInfo.InvariantCulture), Text),
        Compared("real", Gen.Elements(Numbers).Select(number => (double)number), row => row.Real is double.NaN ? null : row.Real, Text),
        Compared("at", Gen.Elements(Times), row => row.At, time => $"\"{time:O}\""),
        Compared("at", Gen.Elements(Times), row => row.At, time => (time - DateTime.UnixEpoch).TotalMilliseconds.ToString("R", CultureInfo.InvariantCulture)),
        from values in Gen.Elements(Texts).ListOf()
        select new Condition("o'dd \"naïve\"", "in", $"{{\"values\":{JsonSerializer.Serialize(values)}}}", row => row.Text is not null && values.Contains(row.Text)),
        from values in Gen.Elements(true, false).ListOf()
        select new Condition("flag", "in", $"{{\"values\":{JsonSerializer.Serialize(values)}}}", row => row.Flag is { } flag && values.Contains(flag)),
        Searches);

    private static Gen<Condition> Searches =>
        from values in Gen.Elements(Texts).NonEmptyListOf()
        from start in Gen.Elements(true, false)
        from end in Gen.Elements(true, false)
        from exact in Gen.Elements(true, false)
        from keep in Gen.Elements(true, false)
        let options = new JsonObject { ["mustStart"] = start, ["mustEnd"] = end, ["caseSensitive"] = exact, ["keepSpecialCharacters"] = keep }
        select new Condition(
            "o'dd \"naïve\"", "stringSearch", $"{{\"values\":{JsonSerializer.Serialize(values)},\"params\":{options.ToJsonString()}}}",
            row => row.Text is not null && values.Any(value => Matches(Normal(row.Text, keep, exact), Normal(value, keep, exact), start, end)));

    private static bool Matches(string text, string part, bool start, bool end) => (start, end) switch
    {
        (true, true) => text == part,
        (true, false) => text.StartsWith(part, StringComparison.Ordinal),
        (false, true) => text.EndsWith(part, StringComparison.Ordinal),
        _ => text.Contains(part, StringComparison.Ordinal),
    };

    private static string Normal(string text, bool keep, bool exact)
    {
        if (!keep) text = string.Concat(text.Normalize(NormalizationForm.FormD).Where(character => character is < '\u0300' or > '\u036F'));
        return exact ? text : text.ToLowerInvariant();
    }

    private static Gen<Condition> Compared<T>(string column, Gen<T> values, Func<Row, T?> read, Func<T, string> write)
        where T : struct, IComparable<T>
    {
        var bounds = Gen.OneOf(values.Select(value => (T?)value), Gen.Constant((T?)null));
        var pairs = (from lower in bounds from upper in bounds select (Lower: lower, Upper: upper)).ListOf();
        var types = column == "at" ? new[] { "between", "closed_open", "time" } : ["between", "closed_open"];
        var ranges = from type in Gen.Elements(types)
                     from list in pairs
                     let json = $"{{\"values\":[{string.Join(',', list.Select(pair => $"[{Write(pair.Lower)},{Write(pair.Upper)}]"))}]}}"
                     select new Condition(column, type, json, row => read(row) is { } value && list.Any(pair =>
                         (pair.Lower is not { } lower || value.CompareTo(lower) >= 0)
                         && (pair.Upper is not { } upper || (type == "closed_open" ? value.CompareTo(upper) < 0 : value.CompareTo(upper) <= 0))));
        var lists = from list in values.ListOf()
                    select new Condition(
                        column, "in", $"{{\"values\":[{string.Join(',', list.Select(write))}]}}", row => read(row) is { } value && list.Any(other => other.CompareTo(value) == 0));
        return Gen.OneOf(ranges, lists);

        string Write(T? value) => value is { } known ? write(known) : "null";
    }

    private static string Text(decimal number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static List<Row> MakeRows()
    {
        var random = new Random(7);
        double[] special = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, 1e300];
        return [.. Enumerable.Range(1, 300).Select(id => new Row(
            id,
            Maybe(() => (decimal?)Math.Floor(Pick(Numbers))),
            Maybe(() => random.Next(10) == 0 ? "NaN" : Pick(Numbers).ToString(CultureInfo.InvariantCulture)),
            Maybe(() => (double?)(random.Next(4) == 0 ? Pick(special) : (double)Pick(Numbers))),
            Maybe(() => Pick(Texts)),
            Maybe(() => (bool?)(random.Next(2) == 0)),
            Maybe(() => (DateTime?)Pick(Times))))];

        T? Maybe<T>(Func<T?> make) => random.Next(8) == 0 ? default : make();

        T Pick<T>(T[] values) => values[random.Next(values.Length)];
    }

    private sealed record Row(int Id, decimal? Big, string? Num, double? Real, string? Text, bool? Flag, DateTime? At);

    private sealed record Condition(string Column, string Type, string Json, Func<Row, bool> Passes);
}
