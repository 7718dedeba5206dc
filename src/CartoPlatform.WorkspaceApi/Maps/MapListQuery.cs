using System.Text.Json;
using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.WorkspaceApi.Maps;

/// <summary>Which maps a list wants and how they are sorted (contract, section 13): <c>privacy</c>, <c>tags</c>, <c>order_by</c>, <c>order_direction</c>.</summary>
/// <param name="Privacies">Null is all of them.</param>
/// <param name="Tags">All of which a map must have; null is any.</param>
/// <param name="OrderSql">What stands after ORDER BY.</param>
internal sealed record MapListQuery(string[]? Privacies, string[]? Tags, string OrderSql)
{
    public static ApiError? TryRead(IQueryCollection query, out MapListQuery read)
    {
        read = new MapListQuery(null, null, "updated_at DESC, id");
        if (ReadColumn(query["order_by"]) is not { } column)
            return ApiError.BadRequest("order_by must be one of title, createdAt, updatedAt, publishedAt");
        if (query["order_direction"].ToString().ToUpperInvariant() is not ("" or "ASC" or "DESC"))
            return ApiError.BadRequest("order_direction must be ASC or DESC");
        var privacy = query["privacy"].ToString();
        if (ReadPrivacies(privacy) is not { } privacies) return ApiError.BadRequest("privacy must be one of private, shared, organization, groups, password, public");
        if (ReadTags(query["tags"].ToString()) is not { } tags) return ApiError.BadRequest("tags must be a JSON list of texts");

        var direction = query["order_direction"].ToString() is { Length: > 0 } given ? given.ToUpperInvariant() : column == "title" ? "ASC" : "DESC";
        read = new MapListQuery(privacies.Length == 0 ? null : privacies, tags.Length == 0 ? null : tags, $"{column} {direction} NULLS LAST, id");
        return null;
    }

    private static string? ReadColumn(string? name) => name switch
    {
        null or "" or "updatedAt" or "updated_at" => "\"UpdatedAt\"",
        "createdAt" or "created_at" => "\"CreatedAt\"",
        "publishedAt" or "published_at" => "\"PublishedAt\"",
        "title" => "title",
        _ => null,
    };

    private static string[]? ReadPrivacies(string text) => text switch
    {
        "" => [],
        "shared" => ["organization", "groups", "password"],
        _ => MapPrivacyText.Find(text) is { } privacy ? [MapPrivacyText.Of(privacy)] : null,
    };

    private static string[]? ReadTags(string text)
    {
        if (text.Length == 0) return [];
        try
        {
            var tags = JsonSerializer.Deserialize<string[]>(text);
            return tags is not null && Array.TrueForAll(tags, tag => tag is not null && !tag.Contains('\0', StringComparison.Ordinal)) ? tags : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
