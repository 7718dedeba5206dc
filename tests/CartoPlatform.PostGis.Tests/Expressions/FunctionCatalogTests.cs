using CartoPlatform.PostGis.Expressions;
using CartoPlatform.Testing.PostGis;

namespace CartoPlatform.PostGis.Tests.Expressions;

/// <summary>The allow-list against the functions that a real PostGIS has.</summary>
public sealed class FunctionCatalogTests(PostGisFixture fixture) : IClassFixture<PostGisFixture>
{
    [Fact]
    public async Task Every_function_is_in_the_catalogue_and_is_what_it_is_taken_for()
    {
        var spatial = await new SpatialSchema(fixture.Reader).FindAsync(CancellationToken.None);
        Assert.NotNull(spatial);
        foreach (var function in FunctionCatalog.All)
        {
            var found = await FindAsync(function.Kind == FunctionKind.Spatial ? spatial : "pg_catalog", function.CatalogName);

            Assert.True(found.Count > 0, $"{function.Name} is not in the catalogue");
            Assert.All(found, row => Assert.Equal(ExpectedKind(function), row.Kind));
            // A volatile one gives another answer each time, or does something.
            Assert.All(found, row => Assert.NotEqual("v", row.Volatility));
            Assert.All(found, row => Assert.False(row.GivesRows));
            Assert.Contains(found, row => row.Arguments >= function.MinArguments || row.IsVariadic);
            Assert.Contains(found, row => row.Arguments >= function.MaxArguments || row.IsVariadic);
        }
    }

    [Fact]
    public async Task Schema_of_postgis_is_null_without_it()
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(new Npgsql.NpgsqlConnectionStringBuilder(fixture.AdminConnectionString) { Database = "template1" });

        Assert.Null(await new SpatialSchema(source).FindAsync(CancellationToken.None));
    }

    private static string ExpectedKind(ExpressionFunction function) => function.IsAggregate ? "a" : "f";

    private async Task<List<CatalogRow>> FindAsync(string schema, string name)
    {
        await using var command = fixture.Reader.CreateCommand(
            """
            SELECT p.prokind::text, p.provolatile::text, p.proretset, p.pronargs::int, p.provariadic <> 0
            FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname = $1 AND p.proname = $2
            """);
        command.Parameters.AddWithValue(schema);
        command.Parameters.AddWithValue(name);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<CatalogRow>();
        while (await reader.ReadAsync())
            rows.Add(new CatalogRow(reader.GetString(0), reader.GetString(1), reader.GetBoolean(2), reader.GetInt32(3), reader.GetBoolean(4)));
        return rows;
    }

    private sealed record CatalogRow(string Kind, string Volatility, bool GivesRows, int Arguments, bool IsVariadic);
}
