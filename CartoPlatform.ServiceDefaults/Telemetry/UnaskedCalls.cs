using System.Diagnostics;
using OpenTelemetry;

namespace CartoPlatform.ServiceDefaults.Telemetry;

/// <summary>
/// Keeps calls to databases and other services that belong to no request and no job out of what is exported: each service looks for work and for
/// changes several times a second, and among those the traces of requests would not be found. What fails there is logged.
/// </summary>
internal sealed class UnaskedCalls : BaseProcessor<Activity>
{
    /// <summary>Exporters leave out what is not recorded, and what is started under it is not recorded either.</summary>
    public override void OnStart(Activity data)
    {
        if (data.Kind == ActivityKind.Client && data.ParentId is null) data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }
}
