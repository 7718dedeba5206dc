namespace CartoPlatform.Edge.Paths;

internal static class PathExtensions
{
    private const string InternalHeaderPrefix = "X-Carto-";

    /// <summary>Headers that services use among themselves never come in from outside.</summary>
    public static IApplicationBuilder UseInternalHeaderStripping(this IApplicationBuilder app) =>
        app.Use((context, next) =>
        {
            var headers = context.Request.Headers;
            List<string>? internals = null;
            foreach (var (name, _) in headers)
            {
                if (name.StartsWith(InternalHeaderPrefix, StringComparison.OrdinalIgnoreCase)) (internals ??= []).Add(name);
            }

            internals?.ForEach(name => headers.Remove(name));
            return next(context);
        });

    /// <summary>Brings every spelling of an API path to <c>/v3/…</c>, before routing.</summary>
    public static IApplicationBuilder UseApiPaths(this IApplicationBuilder app) =>
        app.Use((context, next) =>
        {
            var isPage = context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
            if (ApiPath.Normalize(context.Request.Path.Value ?? "/", isPage) is { } path) context.Request.Path = path;
            return next(context);
        });
}
