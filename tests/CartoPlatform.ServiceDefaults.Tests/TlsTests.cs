using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using CartoPlatform.ServiceDefaults.Tls;
using CartoPlatform.Testing.Time;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace CartoPlatform.ServiceDefaults.Tests;

public sealed class TlsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carto-tls-").FullName;

    private string CertificateFile => Path.Combine(_folder, "tls.crt");

    private string KeyFile => Path.Combine(_folder, "tls.key");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Own_certificate_is_made_and_served()
    {
        var (port, internalPort) = (FreePort(), FreePort());
        var builder = WebApplication.CreateBuilder(
        [
            $"--Internal:Port={internalPort}", $"--Tls:CertificateFile={CertificateFile}", $"--Tls:KeyFile={KeyFile}", "--Tls:MakeOwn=true", "--Tls:Names:0=maps.example.org",
        ]);
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, $"https://127.0.0.1:{port}");
        builder.AddServiceDefaults();
        await using var app = builder.Build();
        app.MapDefaultEndpoints();
        await app.StartAsync();
        X509Certificate2? seen = null;
        using var client = new HttpClient(new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, certificate, _, _) =>
            {
                seen = X509CertificateLoader.LoadCertificate(certificate!.RawData);
                return true;
            },
        });

        Assert.Contains("healthy", await client.GetStringAsync($"https://127.0.0.1:{port}/health"), StringComparison.Ordinal);
        Assert.Contains("healthy", await client.GetStringAsync($"http://127.0.0.1:{internalPort}/health"), StringComparison.Ordinal);
        Assert.True(seen!.MatchesHostname("maps.example.org"));
        Assert.True(seen.MatchesHostname("localhost"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
    }

    [Fact]
    public void Renewed_certificate_is_served_without_a_restart()
    {
        var time = new ManualTime();
        OwnCertificate.Write(CertificateFile, KeyFile, [], time.GetUtcNow());
        var certificate = new ServerCertificate(Options, time);
        var first = certificate.Current.Thumbprint;

        OwnCertificate.Write(CertificateFile, KeyFile, [], time.GetUtcNow());
        File.SetLastWriteTimeUtc(CertificateFile, File.GetLastWriteTimeUtc(CertificateFile).AddSeconds(1));
        Assert.Equal(first, certificate.Current.Thumbprint);
        time.Advance(TimeSpan.FromSeconds(11));

        Assert.NotEqual(first, certificate.Current.Thumbprint);
    }

    [Fact]
    public void Half_written_renewal_keeps_the_old_one()
    {
        var time = new ManualTime();
        OwnCertificate.Write(CertificateFile, KeyFile, [], time.GetUtcNow());
        var certificate = new ServerCertificate(Options, time);
        var first = certificate.Current.Thumbprint;

        File.WriteAllText(CertificateFile, "-----BEGIN CERTIFICATE-----\nMII");
        File.SetLastWriteTimeUtc(CertificateFile, time.GetUtcNow().UtcDateTime);
        time.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(first, certificate.Current.Thumbprint);
    }

    [Fact]
    public void Files_that_hold_no_certificate_are_named()
    {
        File.WriteAllText(CertificateFile, "nothing");
        File.WriteAllText(KeyFile, "nothing");

        var failure = Assert.Throws<InvalidOperationException>(() => new ServerCertificate(Options, TimeProvider.System));

        Assert.Contains(CertificateFile, failure.Message, StringComparison.Ordinal);
    }

    private TlsOptions Options => new() { CertificateFile = CertificateFile, KeyFile = KeyFile };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
