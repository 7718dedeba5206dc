using System.ComponentModel.DataAnnotations;

namespace CartoPlatform.Forwarding;

/// <summary>How requests are passed on.</summary>
public sealed class ForwardingOptions
{
    public const string Section = "Forwarding";

    /// <summary>
    /// A connection of this age takes no further request. Behind one name there may be many instances (a Service of Kubernetes), of which
    /// each connection reaches one: new ones would get nothing to do from those who are connected already.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan ConnectionLifetime { get; set; } = TimeSpan.FromSeconds(30);
}
