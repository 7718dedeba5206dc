using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CartoPlatform.PostGis.Tests.Dialling;

/// <summary>Speaks PostgreSQL as far as TLS and the packet that begins a session: whoever sends that has accepted the certificate.</summary>
internal sealed class TlsServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly X509Certificate2 _certificate;
    private readonly Task _serving;
    private int _begun;

    private TlsServer(X509Certificate2 certificate)
    {
        _certificate = certificate;
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Sessions that have begun.</summary>
    public int Begun => Volatile.Read(ref _begun);

    /// <param name="name">What its certificate is of.</param>
    /// <param name="authorityFile">Where the certificate of its authority is written, which is itself.</param>
    public static TlsServer Start(string name, string authorityFile)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(authorityFile, certificate.ExportCertificatePem());
        return new TlsServer(X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null));
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _serving;
        _listener.Dispose();
        _certificate.Dispose();
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_end.Token);
                var head = new byte[8];
                await client.GetStream().ReadExactlyAsync(head, _end.Token);
                await client.GetStream().WriteAsync("S"u8.ToArray(), _end.Token);
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions { ServerCertificate = _certificate, ApplicationProtocols = [new SslApplicationProtocol("postgresql")] }, _end.Token);
                await tls.ReadExactlyAsync(head, _end.Token);
                if (BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(4)) == 3 << 16) Interlocked.Increment(ref _begun);
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException or AuthenticationException or SocketException)
            {
                // It has left, or this ends.
            }
        }
    }
}
