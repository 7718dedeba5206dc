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
        return new SecretCleaning(Directory.Exists(folder) ? Directory.EnumerateFiles(folder).SelectMany(Forms) : []);
    }

    public string Clean(string text)
    {
        foreach (var secret in _secrets) text = text.Replace(secret, Cleaned, StringComparison.Ordinal);
        text = Token().Replace(text, Cleaned);
        text = Password().Replace(text, "${name}=" + Cleaned);
        return Address().Replace(text, "${scheme}://${user}:" + Cleaned + "@");
    }

    /// <summary>As it is written, and as it stands in a URL.</summary>
    private static IEnumerable<string> Forms(string file)
    {
        var secret = File.ReadAllText(file).Trim();
        return [secret, Uri.EscapeDataString(secret)];
    }

    /// <summary>A JSON web token.</summary>
    [GeneratedRegex(@"\beyJ[A-Za-z0-9_-]{1,4000}\.[A-Za-z0-9_-]{1,4000}\.[A-Za-z0-9_-]{1,4000}", RegexOptions.CultureInvariant)]
    private static partial Regex Token();

    /// <summary>In a connection string, or in a query.</summary>
    [GeneratedRegex(@"\b(?<name>password|pwd|secret|access_token|token|authorization)[']?\s*[=:]\s*(Bearer\s+)?(""[^""]*""|'[^']*'|[^\s;&,]+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Password();

    /// <summary>Of bounded length, as everywhere here: a log can hold a line of megabytes.</summary>
    [GeneratedRegex(@"\b(?<scheme>[a-z][a-z0-9+.-]{0,30})://(?<user>[^\s:/@]{1,200}):[^\s@/]{1,1000}@", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Address();
}
