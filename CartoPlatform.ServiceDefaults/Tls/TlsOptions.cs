namespace CartoPlatform.ServiceDefaults.Tls;

/// <summary>The certificate of a service whose address begins with <c>https</c>.</summary>
public sealed class TlsOptions
{
    public const string Section = "Tls";

    /// <summary>PEM, with the chain. Read again when it changes, so that a renewed one needs no restart.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>PEM, without a password.</summary>
    public string? KeyFile { get; set; }

    /// <summary>Where there are no such files, makes a certificate of the machine's own, which browsers warn of.</summary>
    public bool MakeOwn { get; set; }

    /// <summary>Names in a certificate of its own, beside <c>localhost</c> and the machine's.</summary>
    public IList<string> Names { get; set; } = [];
}
