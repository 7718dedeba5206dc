using System.Globalization;
using System.Net;

namespace CartoPlatform.Cli.Platforms;

/// <summary>Which platform a command means: options win over CARTO_DATA, CARTO_PORT and CARTO_BIND.</summary>
internal sealed record PlatformSettings(DataFolder Data, int Port, IPAddress Bind)
{
    private const int DefaultPort = 8080;

    public static PlatformSettings Read(string? data = null, int? port = null) => new(
        ReadData(data),
        port ?? ReadPort(Variable("CARTO_PORT")),
        ReadBind(Variable("CARTO_BIND")));

    /// <summary>The address that callers on this machine use.</summary>
    public string BaseUrl => new UriBuilder(Uri.UriSchemeHttp, Bind.Equals(IPAddress.Any) ? "127.0.0.1" : Bind.Equals(IPAddress.IPv6Any) ? "::1" : Bind.ToString(), Port).Uri.GetLeftPart(UriPartial.Authority);

    public static DataFolder ReadData(string? data)
    {
        var path = data ?? Variable("CARTO_DATA");
        return new DataFolder(path is null
            ? Path.Combine(RepositoryLayout.Root, ".carto")
            : Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
    }

    private static int ReadPort(string? text)
    {
        if (text is null)
            return DefaultPort;

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535
            ? port
            : throw new CommandException($"CARTO_PORT is '{text}': it must be a number from 1 to 65535.", ExitCodes.WrongUsage);
    }

    private static IPAddress ReadBind(string? text) => text switch
    {
        null or "localhost" => IPAddress.Loopback,
        "*" => IPAddress.Any,
        _ when IPAddress.TryParse(text, out var address) => address,
        _ => throw new CommandException($"CARTO_BIND is '{text}': it must be an IP address of this machine, such as 127.0.0.1 or 0.0.0.0.", ExitCodes.WrongUsage),
    };

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
