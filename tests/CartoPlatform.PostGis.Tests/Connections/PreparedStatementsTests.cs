using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Dialling;
using CartoPlatform.Testing.PostGis;
using Npgsql;

namespace CartoPlatform.PostGis.Tests.Connections;

/// <summary>What fails while it is being prepared, or is given up then, leaves its session fit for the next.</summary>
public sealed class PreparedStatementsTests(PostGisFixture database) : IClassFixture<PostGisFixture>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Statement_that_failed_answers_when_it_is_right_again(bool isForTables)
    {
        await using var pool = Open();
        foreach (var failure in (string[])["none", "none", "later"])
        {
            Assert.Equal(1, await AskAsync(pool, isForTables, "1"));
            await Assert.ThrowsAsync<PostgresException>(() => AskAsync(pool, isForTables, failure));
        }

        for (var use = 1; use <= 5; use++) Assert.Equal(use, await AskAsync(pool, isForTables, $"{use}"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Right_that_is_taken_and_given_back_leaves_no_doubt(bool isForTables)
    {
        await database.ExecuteAsync("DROP TABLE IF EXISTS public.guarded; CREATE TABLE public.guarded AS SELECT 7 AS n");
        var reader = new NpgsqlConnectionStringBuilder(database.ReaderConnectionString).Username;
        await using var pool = Open();
        for (var round = 0; round < 3; round++)
        {
            await database.ExecuteAsync($"REVOKE SELECT ON public.guarded FROM {reader}");
            for (var use = 0; use < 3; use++) await Assert.ThrowsAsync<PostgresException>(() => ReadAsync(pool, isForTables, "SELECT n FROM public.guarded"));
            await database.ExecuteAsync($"GRANT SELECT ON public.guarded TO {reader}");
            for (var use = 0; use < 3; use++) Assert.Equal(7, await ReadAsync(pool, isForTables, "SELECT n FROM public.guarded"));
        }
    }

    [Fact]
    public async Task Statements_of_tables_are_prepared_and_those_of_callers_are_not()
    {
        await using var pool = Open();
        foreach (var isForTables in (bool[])[true, false])
        {
            await using var connection = await (isForTables ? pool.Tables : pool.Reader).OpenConnectionAsync();
            for (var use = 0; use < 3; use++)
            {
                await using var command = new NpgsqlCommand("SELECT 5", connection);
                await command.ExecuteScalarAsync();
                Assert.Equal(isForTables && use > 0, command.IsPrepared);
            }
        }
    }

    private static Task<int> AskAsync(DatabasePool pool, bool isForTables, string value) =>
        ReadAsync(pool, isForTables, "SELECT 1 * $1::text::int", new NpgsqlParameter<string> { TypedValue = value });

    private static async Task<int> ReadAsync(DatabasePool pool, bool isForTables, string sql, params NpgsqlParameter[] values)
    {
        await using var connection = await (isForTables ? pool.Tables : pool.Reader).OpenConnectionAsync();
        return isForTables ? await PreparedStatements.UseAsync(connection, ScalarAsync) : await ScalarAsync(connection);

        async Task<int> ScalarAsync(NpgsqlConnection session)
        {
            await using var command = new NpgsqlCommand(sql, session);
            foreach (var value in values) command.Parameters.Add(value);
            await using var reader = await command.ExecuteReaderAsync();
            Assert.True(await reader.ReadAsync());
            return reader.GetInt32(0);
        }
    }

    /// <summary>With one session of each kind.</summary>
    private DatabasePool Open() => new(
        new ConnectionRecord
        {
            Id = Guid.NewGuid(),
            Name = "one",
            ProviderId = "postgres",
            Revision = 1,
            ReaderConnectionString = database.ReaderConnectionString,
            MaxConnections = 1,
        },
        ServerAddresses.AsWritten,
        new PoolOptions(),
        TimeProvider.System);
}
