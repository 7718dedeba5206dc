using System.Text.Json;
using CartoPlatform.Auth.Sources;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.PostGis.Caching;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Sources;
using CartoPlatform.SqlApi.Models;
using CartoPlatform.SqlApi.Results;
using Npgsql;

namespace CartoPlatform.SqlApi.Caching;

/// <summary>Tells the cache about an answer: what it was made from, and who may see it. Of one request.</summary>
internal sealed class AnswerDeclaration(SourceReadings readings, string kind, HttpResponse response)
{
    private static readonly string[] Sql = ["sql"];

    // Widgets are part of maps: either API is enough (contract, section 12.3).
    private static readonly string[] SqlOrMaps = ["sql", "maps"];

    private SourceReading? _reading;
    private RequestedRights? _rights;

    /// <returns>Null where no cache asks for one.</returns>
    public static AnswerDeclaration? For(HttpContext context, SourceReadings readings, string kind) =>
        context.Request.Headers.ContainsKey(CacheDeclaration.ClientHeader) ? new AnswerDeclaration(readings, kind, context.Response) : null;

    /// <summary>Before a query's data are read.</summary>
    public async ValueTask BeginAsync(DatabasePool pool, AskedQuery asked, string? values, CancellationToken cancellationToken)
    {
        _rights = new RequestedRights(Sql, null, asked.Text, asked.Named);
        _reading = await TryAsync(() => SourceReading.BeginAsync(pool, asked.Sql, values, asked.Named, cancellationToken));
    }

    /// <summary>Before the data of a table or query are read that was just looked up.</summary>
    /// <param name="pool">Where.</param>
    /// <param name="rows">As found.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="generation">Of the catalogue before the look-up.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The source, named so that what is remembered of it is remembered of this state; null where the catalogue has changed since the look-up.</returns>
    public async ValueTask<RowSource?> BeginAsync(
        DatabasePool pool, RowSource rows, ModelRequest request, int generation, CancellationToken cancellationToken)
    {
        var expressions = ExpressionTexts.Of(request.Params);
        _rights = new RequestedRights(SqlOrMaps, rows.Relation, rows.Relation is null ? request.Source : null, request.Named);
        _reading = await TryAsync(() => rows.Relation is { } relation
            ? SourceReading.BeginAsync(pool, relation, request.Source, expressions, cancellationToken)
            : SourceReading.BeginAsync(pool, string.Join('\n', [request.Sql ?? request.Source, .. expressions]), request.QueryParametersText, request.Named, cancellationToken));
        if (_reading is null) return rows;
        return _reading.Generation == generation ? rows with { Key = $"{_reading.State}/{rows.Key}" } : null;
    }

    /// <summary>After the last look at the data, while the answer is still held back.</summary>
    public async ValueTask EndAsync(ResponseOutput output, CancellationToken cancellationToken)
    {
        if (_reading is null || _rights is null || output.HasStarted) return;
        var declaration = await readings.EndAsync(_reading, kind, _rights, cancellationToken);
        if (declaration is not null)
            response.Headers[CacheDeclaration.Header] = JsonSerializer.Serialize(declaration, CachingJson.Default.CacheDeclaration);
    }

    private static async ValueTask<SourceReading?> TryAsync(Func<ValueTask<SourceReading>> begin)
    {
        try
        {
            return await begin();
        }
        catch (NpgsqlException exception) when (exception.IsTransient || exception.SqlState == PostgresErrorCodes.AdminShutdown)
        {
            // The statement goes on over another connection, and nobody keeps its answer.
            return null;
        }
    }
}
