using System.Text.RegularExpressions;

namespace CartoPlatform.Topology;

/// <summary>
/// References in the values of <see cref="ServiceSpec.Environment"/>, which whoever starts the services fills in:
/// <c>{url:maps-api}</c> the base URL of a service, <c>{internal:maps-api}</c> that of its internal port,
/// <c>{secret:…}</c>, <c>{connection:…}</c>, <c>{file:…}</c>, <c>{folder:…}</c> by the names below.
/// A question mark at the end (<c>{folder:pages?}</c>) leaves the variable out where there is no such value.
/// </summary>
public static partial class Reference
{
    public const string InternalKey = "secret:internal-key";
    public const string SigningKey = "secret:signing-key";
    public const string MetadataConnection = "connection:metadata";
    public const string ReaderConnection = "connection:reader";
    public const string WriterConnection = "connection:writer";
    public const string OwnerTokenFile = "file:owner-token";
    public const string PagesFolder = "folder:pages";

    public static string To(string reference) => $"{{{reference}}}";

    public static string ToOptional(string reference) => $"{{{reference}?}}";

    public static string ToUrl(string service) => $"{{url:{service}}}";

    public static string ToInternalUrl(string service) => $"{{internal:{service}}}";

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

    [GeneratedRegex(@"\{(?<name>[a-z]+:[a-z-]+)(?<optional>\??)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
