using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace CartoPlatform.Redis;

/// <summary>From the settings to what the client library takes.</summary>
public static class RedisAddress
{
    private const int SentinelPort = 26379;
    private const int KeepAliveSeconds = 10;

    /// <exception cref="FormatException">The connection string cannot be read; the message names no password.</exception>
    public static ConfigurationOptions Read(RedisOptions options)
    {
        var read = options.ConnectionString is not { Length: > 0 } text ? new ConfigurationOptions()
            : text.Contains("://", StringComparison.Ordinal) ? ReadUrl(text)
            : ReadList(text);
        // An empty one is how an operator takes out what a topology has of itself.
        if (options.Sentinels.Where(sentinel => sentinel.Length > 0).ToList() is { Count: > 0 } sentinels)
        {
            read.EndPoints.Clear();
            foreach (var sentinel in sentinels) read.EndPoints.Add(sentinel.Contains(':', StringComparison.Ordinal) ? sentinel : $"{sentinel}:{SentinelPort}");
            read.ServiceName = options.SentinelMaster;
        }

        if (read.EndPoints.Count == 0) throw new FormatException("Redis:ConnectionString names no server");
        if (options.User is { Length: > 0 } user) read.User = user;
        if (options.Password is { Length: > 0 } password) read.Password = password;
        if (options.Tls is { } tls) read.Ssl = tls;
        if (options.CertificateAuthorityFile is { Length: > 0 } authority) read.TrustIssuer(authority);
        var milliseconds = (int)options.CommandTimeLimit.TotalMilliseconds;
        (read.AsyncTimeout, read.SyncTimeout) = (milliseconds, milliseconds);
        read.ConnectTimeout = (int)options.ConnectTimeLimit.TotalMilliseconds;
        read.KeepAlive = KeepAliveSeconds;
        read.AbortOnConnectFail = false;
        read.ClientName = "CartoPlatform";
        // Nobody waits for Redis to come back: what was asked while it is away fails at once.
        read.BacklogPolicy = BacklogPolicy.FailFast;
        return read;
    }

    private static ConfigurationOptions ReadList(string text)
    {
        try
        {
            return ConfigurationOptions.Parse(text, ignoreUnknown: false);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException)
        {
            throw new FormatException("Redis:ConnectionString is neither host:port[,name=value…] nor redis[s]://[user:password@]host[:port][/database]");
        }
    }

    private static ConfigurationOptions ReadUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("redis" or "rediss") || url.Host.Length == 0)
            throw new FormatException("Redis:ConnectionString is no URL of the form redis[s]://[user:password@]host[:port][/database]");
        var options = new ConfigurationOptions { Ssl = url.Scheme == "rediss" };
        options.EndPoints.Add(new DnsEndPoint(url.DnsSafeHost, url.Port > 0 ? url.Port : 6379));
        var secrets = url.UserInfo.Split(':', 2);
        if (secrets is [{ Length: > 0 } user, _]) options.User = Uri.UnescapeDataString(user);
        if (secrets is [_, { Length: > 0 } password]) options.Password = Uri.UnescapeDataString(password);
        var path = url.AbsolutePath.Trim('/');
        if (path.Length == 0) return options;
        options.DefaultDatabase = int.TryParse(path, NumberStyles.None, CultureInfo.InvariantCulture, out var database)
            ? database
            : throw new FormatException("Redis:ConnectionString names a database that is no number");
        return options;
    }
}
