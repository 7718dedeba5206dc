using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.SqlApi.Results;

namespace CartoPlatform.SqlApi.Queries;

/// <summary>Takes a query out of a request's parameters.</summary>
internal static class QueryRequestReader
{
    public static ValueTask<(SentQuery? Request, ApiError? Error)> ReadAsync(HttpRequest request, CancellationToken cancellationToken) =>
        RequestFields.ReadAsync<SentQuery>(request, Read, cancellationToken);

    private static (SentQuery? Request, ApiError? Error) Read(QueryFields fields)
    {
        if (!fields.TryGetText("q", out var text, out var error)) return Refuse(error);
        if (text is null) return Refuse("The parameter q is missing");
        if (!fields.TryGetParameters(out var parameters, out error)) return Refuse(error);
        if (!fields.TryGetText("format", out var format, out error)) return Refuse(error);

        var (writer, formatError) = ResultFormats.Find(format);
        return writer is null ? (null, formatError) : (new SentQuery(text, parameters, fields.ParametersText, writer), null);
    }

    private static (SentQuery? Request, ApiError? Error) Refuse(string error) => (null, ApiError.BadRequest(error));
}
