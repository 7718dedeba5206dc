using System.Globalization;
using System.Text.RegularExpressions;

namespace CartoPlatform.Topology;

/// <summary>
/// References in the values of <see cref="ServiceSpec.Environment"/>, which whoever starts the services fills in:
/// <c>{url:maps-api}</c> the base URLs of a service's replicas with semicolons between them, <c>{internal:maps-api}</c> those of their internal ports,
/// <c>{address:redis}</c> host and port of one instance of a store, <c>{secret:…}</c>, <c>{connection:…}</c>, <c>{file:…}</c>, <c>{folder:…}</c> by the names below.
/// A question mark at the end (<c>{folder:pages?}</c>) leaves the variable out where there is no such value.
/// </summary>
public static partial class Reference
{
    public const string InternalKey = "secret:internal-key";
    public const string MasterKey = "secret:master-key";
    public const string SigningKey = "secret:signing-key";
    public const string MetadataConnection = "connection:metadata";
    public const string ReaderConnection = "connection:reader";
    public const string WriterConnection = "connection:writer";
    public const string RedisPassword = "secret:redis-password";
    public const string OwnerTokenFile = "file:owner-token";
    public const string PagesFolder = "folder:pages";

    /// <summary>Where the database has a socket, if it runs beside the services.</summary>
    public const string SocketFolder = "folder:socket";

    /// <summary>The reader's login on a read replica, counted from 1.</summary>
    public static string ReplicaConnection(int number) => string.Create(CultureInfo.InvariantCulture, $"connection:replica-{number}");

    public static string To(string reference) => $"{{{reference}}}";

    public static string ToOptional(string reference) => $"{{{reference}?}}";

    public static string ToUrls(string service) => $"{{url:{service}}}";

    public static string ToInternalUrls(string service) => $"{{internal:{service}}}";

    /// <summary><c>host:port</c> of an instance of a store.</summary>
    public static string ToAddress(string instance) => $"{{address:{instance}}}";

    /// <summary>Fills a value in. Null when an optional reference has no value.</summary>
    public static string? Resolve(string template, Func<string, string?> lookUp)
    {
        var isMissing = false;
        var value = Pattern().Replace(template, match =>
        {
            var found = lookUp(match.Groups["name"].Value);
            if (found is null && match.Groups["optional"].Length == 0)
                throw new InvalidOperationException($"Nothing is known for {match.Value}.");

            isMissing |= found is null;
            return found ?? "";
        });
        return isMissing ? null : value;
    }

    [GeneratedRegex(@"\{(?<name>[a-z]+:[a-z0-9-]+)(?<optional>\??)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
