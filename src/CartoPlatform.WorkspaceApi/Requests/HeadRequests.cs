namespace CartoPlatform.WorkspaceApi.Requests;

internal static class HeadRequests
{
    /// <summary>What answers GET answers HEAD too, with the same header; the server leaves the body out (RFC 9110, section 9.3.2).</summary>
    public static TBuilder AnswerHead<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint =>
        {
            for (var place = 0; place < endpoint.Metadata.Count; place++)
            {
                if (endpoint.Metadata[place] is IHttpMethodMetadata { HttpMethods: var methods } && methods.Contains(HttpMethods.Get) && !methods.Contains(HttpMethods.Head))
                    endpoint.Metadata[place] = new HttpMethodMetadata([.. methods, HttpMethods.Head]);
            }
        });
        return builder;
    }
}
