using System.ComponentModel.DataAnnotations;

namespace CartoPlatform.ServiceDefaults.Hosting;

/// <summary>The second port of a service: metrics, and the routes that services use among themselves.</summary>
public sealed class InternalPortOptions
{
    public const string Section = "Internal";

    /// <summary>0: no internal port, and nothing that needs one is answered.</summary>
    [Range(0, 65535)]
    public int Port { get; set; }

    /// <summary>Address to listen on; containers set <c>0.0.0.0</c>, where the network is the border.</summary>
    [Required]
    public string Bind { get; set; } = "127.0.0.1";
}
