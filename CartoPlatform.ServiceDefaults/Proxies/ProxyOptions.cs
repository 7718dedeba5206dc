using System.ComponentModel.DataAnnotations;

namespace CartoPlatform.ServiceDefaults.Proxies;

/// <summary>Which machines in front of a service may say, in <c>X-Forwarded-*</c>, who really asks and under which name.</summary>
public sealed class ProxyOptions
{
    public const string Section = "Proxies";

    /// <summary>Networks in CIDR form. From anyone else the headers are ignored.</summary>
    [Required]
    public IList<string> Trusted { get; set; } = [];

    /// <summary>What holds when nothing is set: proxies on the same machine, for all but the caller's address.</summary>
    internal static readonly string[] Default = ["127.0.0.0/8", "::1/128"];
}
