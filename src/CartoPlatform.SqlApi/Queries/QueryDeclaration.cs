using System.Text.Json;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.PostGis.Caching;
using CartoPlatform.PostGis.Connections;
using Npgsql;

namespace CartoPlatform.SqlApi.Queries;

/// <summary>Tells the cache about a query's answer: what it was made from, and who may see it.</summary>
internal sealed class QueryDeclaration(SourceReadings readings, QueryRequest request, HttpResponse response)
{
    private static readonly string[] AnyApi = ["sql"];

    private SourceReading? _reading;

    public async ValueTask BeginAsync(DatabasePool pool, CancellationToken cancellationToken)
    {
        try
        {
            _reading = await SourceReading.BeginAsync(pool, request.Asked.Sql, request.Values, request.Asked.Named, cancellationToken);
        }
        catch (NpgsqlException exception) when (exception.IsTransient || exception.SqlState == PostgresErrorCodes.AdminShutdown)
        {
            // The query goes on over another connection, and nobody keeps its answer.
            _reading = null;
        }
    }

    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        if (_reading is null) return;
        var declaration = await readings.EndAsync(_reading, AnswerKinds.Query, new RequestedRights(AnyApi, null, request.Asked.Text, request.Asked.Named), cancellationToken);
        if (declaration is not null)
            response.Headers[CacheDeclaration.Header] = JsonSerializer.Serialize(declaration, CachingJson.Default.CacheDeclaration);
    }
}
