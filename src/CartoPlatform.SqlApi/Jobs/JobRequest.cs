using System.Text.Json;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.SqlApi.Queries;

namespace CartoPlatform.SqlApi.Jobs;

/// <summary>What a caller asks to be run later.</summary>
/// <param name="Query">The SQL as it was sent, which is what grants are compared with.</param>
/// <param name="Parameters">Its <c>queryParameters</c>, as the JSON text that they were sent in; null without any.</param>
/// <param name="Script">The statements with their values, read to find out now what is wrong with them.</param>
internal sealed record JobRequest(string Query, string? Parameters, SqlScript Script)
{
    public static async ValueTask<(JobRequest? Request, ApiError? Error)> ReadAsync(
        HttpRequest request, JobLimits limits, CancellationToken cancellationToken)
    {
        if (!request.HasJsonContentType()) return (null, new ApiError(StatusCodes.Status415UnsupportedMediaType, "The body must be application/json"));
        var (document, error) = await JsonBody.ReadAsync(request, cancellationToken);
        if (document is null) return (null, error);
        using (document) return Read(document.RootElement, limits);
    }

    private static (JobRequest? Request, ApiError? Error) Read(JsonElement body, JobLimits limits)
    {
        var fields = new QueryFields(QueryCollection.Empty, null, body);
        if (!fields.TryGetText("query", out var query, out var error)) return Refuse(error);
        if (query is null) return Refuse("The parameter query is missing");
        if (!fields.TryGetParameters(out var parameters, out error)) return Refuse(error);
        if (!SqlScript.TryParse(query, parameters, out var script, out error)) return Refuse(error);

        var text = body.TryGetProperty("queryParameters", out var element) && element.ValueKind != JsonValueKind.Null ? element.GetRawText() : null;
        return text?.Length > limits.MaxParametersLength
            ? Refuse($"queryParameters is longer than {limits.MaxParametersLength} characters")
            : (new JobRequest(query, text, script), null);
    }

    private static (JobRequest? Request, ApiError? Error) Refuse(string error) => (null, ApiError.BadRequest(error));
}
