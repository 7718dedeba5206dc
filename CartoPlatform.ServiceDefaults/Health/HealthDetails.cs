using CartoPlatform.ServiceDefaults.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace CartoPlatform.ServiceDefaults.Health;

/// <summary>
/// Who is told the names that a check has found, of connections say. Everybody may ask whether a service is ready, so on the main port
/// they are for administrators, and all others get the states and how many there are.
/// </summary>
public sealed class HealthDetails
{
    /// <summary>Tag of a check whose description and data hold names.</summary>
    public const string Named = "named";

    /// <summary>Whether the caller is an administrator: whoever knows callers says it.</summary>
    public Func<HttpContext, bool> IsForAdministrator { get; set; } = static _ => false;

    internal bool AreFor(HttpContext context)
    {
        var port = context.RequestServices.GetRequiredService<IOptions<InternalPortOptions>>().Value.Port;
        return (port != 0 && context.Connection.LocalPort == port) || IsForAdministrator(context);
    }

    internal static bool HasNames(HealthReportEntry entry) => entry.Tags.Contains(Named);
}
