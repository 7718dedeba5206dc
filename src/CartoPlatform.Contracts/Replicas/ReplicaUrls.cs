namespace CartoPlatform.Contracts.Replicas;

/// <summary>The base URLs of a service's replicas in one setting: <c>http://one:8080;http://two:8080</c>.</summary>
public static class ReplicaUrls
{
    public const string Rule = "must hold absolute http or https URLs without a path, with semicolons between them";

    private const char Separator = ';';

    /// <summary>Null for a text that breaks <see cref="Rule"/>; empty for none.</summary>
    public static IReadOnlyList<Uri>? TryParse(string? text)
    {
        var parts = (text ?? "").Split(Separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var urls = new List<Uri>(parts.Length);
        foreach (var part in parts)
        {
            if (!Uri.TryCreate(part, UriKind.Absolute, out var url) || url is not { Scheme: "http" or "https", PathAndQuery: "/", Fragment: "" })
                return null;
            if (!urls.Contains(url)) urls.Add(url);
        }

        return urls;
    }

    public static IReadOnlyList<Uri> Parse(string? text, string setting) =>
        TryParse(text) ?? throw new InvalidOperationException($"{setting} {Rule}");
}
