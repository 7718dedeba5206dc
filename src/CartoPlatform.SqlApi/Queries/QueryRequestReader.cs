using CartoPlatform.PostGis.Queries;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.SqlApi.Results;

namespace CartoPlatform.SqlApi.Queries;

/// <summary>Takes a query out of a request's parameters.</summary>
internal static class QueryRequestReader
{
    public static ValueTask<(QueryRequest? Request, ApiError? Error)> ReadAsync(HttpRequest request, CancellationToken cancellationToken) =>
        RequestFields.ReadAsync<QueryRequest>(request, Read, cancellationToken);

    private static (QueryRequest? Request, ApiError? Error) Read(QueryFields fields)
    {
        if (!fields.TryGetText("q", out var text, out var error)) return Refuse(error);
        if (text is null) return Refuse("The parameter q is missing");
        if (!SqlText.TryParse(text, out var sql, out error)) return Refuse(error);
        if (!fields.TryGetParameters(out var parameters, out error)) return Refuse(error);
        if (!sql.TryBind(parameters, out var query, out error)) return Refuse(error);
        if (!fields.TryGetText("format", out var format, out error)) return Refuse(error);

        var (writer, formatError) = ResultFormats.Find(format);
        return writer is null ? (null, formatError) : (new QueryRequest(text, query, fields.ParametersText, writer), null);
    }

    private static (QueryRequest? Request, ApiError? Error) Refuse(string error) => (null, ApiError.BadRequest(error));
}
