using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CartoPlatform.ServiceDefaults.Tls;

/// <summary>The certificate in the operator's files, as it is now.</summary>
internal sealed class ServerCertificate
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(10);

    private readonly string _certificateFile;
    private readonly string _keyFile;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private Loaded _loaded;

    public ServerCertificate(TlsOptions options, TimeProvider time)
    {
        _time = time;
        _certificateFile = options.CertificateFile ?? throw new InvalidOperationException("Tls:CertificateFile is not set, and the service's address begins with https");
        _keyFile = options.KeyFile ?? throw new InvalidOperationException("Tls:KeyFile is not set, and the service's address begins with https");
        if (options.MakeOwn && !File.Exists(_certificateFile))
            OwnCertificate.Write(_certificateFile, _keyFile, options.Names, time.GetUtcNow());
        _loaded = Load();
    }

    public X509Certificate2 Current
    {
        get
        {
            lock (_gate)
            {
                if (_time.GetElapsedTime(_loaded.LookedAt) < LookInterval) return _loaded.Certificate;
                _loaded = _loaded with { LookedAt = _time.GetTimestamp() };
                if (File.GetLastWriteTimeUtc(_certificateFile) == _loaded.WrittenAt) return _loaded.Certificate;
                try
                {
                    _loaded = Load();
                }
                catch (Exception exception) when (exception is IOException or InvalidOperationException)
                {
                    // Half written: the old one serves until the next look.
                }

                return _loaded.Certificate;
            }
        }
    }

    private Loaded Load()
    {
        try
        {
            var writtenAt = File.GetLastWriteTimeUtc(_certificateFile);
            return new Loaded(X509Certificate2.CreateFromPemFile(_certificateFile, _keyFile), writtenAt, _time.GetTimestamp());
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new InvalidOperationException($"Tls: {_certificateFile} and {_keyFile} are not a certificate and its key in PEM: {exception.Message}", exception);
        }
    }

    private sealed record Loaded(X509Certificate2 Certificate, DateTime WrittenAt, long LookedAt);
}
