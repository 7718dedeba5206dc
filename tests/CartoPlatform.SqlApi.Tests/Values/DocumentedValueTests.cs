using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Values;

/// <summary>The examples of docs/api/sql.md, run.</summary>
public sealed class DocumentedValueTests(SqlFixture fixture) : IClassFixture<SqlFixture>
{
    public static TheoryData<string, string> Examples
    {
        get
        {
            var examples = new TheoryData<string, string>();
            foreach (var line in File.ReadLines(Path.Combine(Root(), "docs", "api", "sql.md")))
            {
                var cells = line.Trim('|').Split(" | ", StringSplitOptions.TrimEntries);
                if (cells is [_, ['`', .., '`'] sql, ['`', .., '`'] json]) examples.Add(sql.Trim('`'), json.Trim('`'));
            }

            return examples;
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Example_is_true(string sql, string json) => Assert.Equal(json, await fixture.Host.Caller.ValueAsync($"SELECT {sql}"));

    [Fact]
    public void There_are_examples() => Assert.True(Examples.Count > 20);

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "CartoPlatform.sln"))) folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException();
        return folder;
    }
}
