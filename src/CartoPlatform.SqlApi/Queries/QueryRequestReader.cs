using CartoPlatform.PostGis.Queries;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.SqlApi.Results;

namespace CartoPlatform.SqlApi.Queries;

/// <summary>Reads a request in any of its spellings: parameters of the query string, a JSON object, or a form. A body's parameters come before the URL's.</summary>
internal static class QueryRequestReader
{
    public static async ValueTask<(QueryRequest? Request, ApiError? Error)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!HttpMethods.IsPost(request.Method)) return Read(new QueryFields(request.Query, null, null));

        if (request.HasJsonContentType())
        {
            var (document, error) = await JsonBody.ReadAsync(request, cancellationToken);
            if (document is null) return (null, error);
            using (document) return Read(new QueryFields(request.Query, null, document.RootElement));
        }

        if (!FormBody.IsForm(request))
            return (null, new ApiError(StatusCodes.Status415UnsupportedMediaType, "The body must be application/json or application/x-www-form-urlencoded"));
        var (form, formError) = await FormBody.ReadAsync(request, cancellationToken);
        return form is null ? (null, formError) : Read(new QueryFields(request.Query, form, null));
    }

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
