using System.Text.Json;
using System.Text.RegularExpressions;
using CartoPlatform.Cli.Platforms;

namespace CartoPlatform.Cli.Checks;

/// <summary>Takes secrets out of texts: those of the platform, wherever they stand, and what has the form of one.</summary>
internal sealed partial class SecretCleaning
{
    private const string Cleaned = "[secret]";

    // A shorter text might be any word.
    private const int ShortestSecret = 8;

    private readonly IReadOnlyList<string> _secrets;

    private SecretCleaning(IEnumerable<string> secrets) =>
        // The longest first: one may be a part of another.
        _secrets = [.. secrets.Where(secret => secret.Length >= ShortestSecret).Distinct(StringComparer.Ordinal).OrderByDescending(secret => secret.Length)];

    public static SecretCleaning Of(DataFolder data)
    {
        var folder = Path.Combine(data.Path, "secrets");
        return new SecretCleaning(Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).SelectMany(Forms) : []);
    }

    public string Clean(string text)
    {
        foreach (var secret in _secrets) text = text.Replace(secret, Cleaned, StringComparison.Ordinal);
        text = PrivateKey().Replace(text, Cleaned);
        text = Token().Replace(text, Cleaned);
        text = Cookies().Replace(text, "${name}" + Cleaned);
        text = Named().Replace(text, "${name}" + Cleaned);
        return Address().Replace(text, "${scheme}://${user}:" + Cleaned + "@");
    }

    /// <summary>As it is written, whole and by lines, as it stands in a URL and in JSON.</summary>
    private static IEnumerable<string> Forms(string file)
    {
        var text = File.ReadAllText(file).Trim();
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Prepend(text)
            .SelectMany(secret => new[] { secret, Uri.EscapeDataString(secret), JsonEncodedText.Encode(secret).ToString() });
    }

    /// <summary>A JSON web token.</summary>
    [GeneratedRegex(@"\beyJ[A-Za-z0-9_-]{1,4000}\.[A-Za-z0-9_-]{1,4000}\.[A-Za-z0-9_-]{1,4000}", RegexOptions.CultureInvariant)]
    private static partial Regex Token();

    /// <summary>In PEM; also one whose end is cut off.</summary>
    [GeneratedRegex(@"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[\s\S]{0,20000}?-----END [A-Z ]{0,40}-----|[A-Za-z0-9+/=\s\\]*)", RegexOptions.CultureInvariant)]
    private static partial Regex PrivateKey();

    /// <summary>
    /// By the name before it: in a connection string, a query, a header, a variable, JSON, and JSON within JSON.
    /// </summary>
    [GeneratedRegex(
        @"(?<name>(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{0,200}(?:password|passwd|pwd|secret|token|authorization|api[_-]?key)\\?[""']?\s{0,9}[=:]\s{0,9})"
        + @"(?:(?:Bearer|Basic)\s+)?(?:""(?:[^""\\]|\\.|"""")*""|\\""(?:[^""\\]|\\[^""])*\\""|'(?:[^']|'')*'|[^\s;&,""']+)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Named();

    /// <summary>Of a header: several in one line.</summary>
    [GeneratedRegex(@"(?<name>\b(?:set-)?cookie[""']?\s{0,9}:\s{0,9})[^\r\n]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Cookies();

    /// <summary>Of bounded length, as everywhere here: a log can hold a line of megabytes.</summary>
    [GeneratedRegex(@"\b(?<scheme>[a-z][a-z0-9+.-]{0,30})://(?<user>[^\s:/@]{0,200}):[^\s@/]{1,1000}@", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Address();
}
