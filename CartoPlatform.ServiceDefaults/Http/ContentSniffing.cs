using Microsoft.AspNetCore.Http;

namespace CartoPlatform.ServiceDefaults.Http;

/// <summary><c>X-Content-Type-Options: nosniff</c>: a browser takes an answer for what it says it is, and for nothing else that its bytes might be.</summary>
public static class ContentSniffing
{
    public const string Header = "X-Content-Type-Options";

    public const string None = "nosniff";

    internal static void Forbid(HttpResponse response) => response.Headers.XContentTypeOptions = None;
}
