using CartoPlatform.Auth.Sources;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.SqlApi.Results;

namespace CartoPlatform.SqlApi.Queries;

/// <summary>What a caller sent, before it is known what he may run: nothing in it has been looked at but its form.</summary>
/// <param name="Text">SQL, or the name of a source.</param>
/// <param name="Parameters">Values for its placeholders.</param>
/// <param name="Values">The same as they were sent in a URL; null without any.</param>
/// <param name="Writer">The format of the answer.</param>
internal sealed record SentQuery(string Text, QueryParameters Parameters, string? Values, IResultWriter Writer)
{
    /// <summary>The statement with its values, or what is wrong with them.</summary>
    public (QueryRequest? Request, ApiError? Error) Bind(AskedQuery asked) =>
        SqlText.TryParse(asked.Sql, out var sql, out var error) && sql.TryBind(Parameters, out var query, out error)
            ? (new QueryRequest(asked, asked.Named is null ? query : query.BehindName(), Values, Writer), null)
            : (null, ApiError.BadRequest(error));
}
