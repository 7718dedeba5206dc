using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace CartoPlatform.PostGis.Queries;

/// <summary>Text out of JSON that may hold half a surrogate pair, which <see cref="JsonElement.GetString"/> answers with an exception.</summary>
public static class JsonText
{
    /// <summary>Whether every text and name in it can be read.</summary>
    public static bool IsUnicode(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => TryRead(json, out _),
        JsonValueKind.Array => json.EnumerateArray().All(IsUnicode),
        JsonValueKind.Object => json.EnumerateObject().All(member => TryReadName(member, out _) && IsUnicode(member.Value)),
        _ => true,
    };

    public static bool TryRead(JsonElement json, [NotNullWhen(true)] out string? text)
    {
        try
        {
            text = json.GetString();
            return text is not null;
        }
        catch (InvalidOperationException)
        {
            text = null;
            return false;
        }
    }

    public static bool TryReadName(JsonProperty member, [NotNullWhen(true)] out string? name)
    {
        try
        {
            name = member.Name;
            return true;
        }
        catch (InvalidOperationException)
        {
            name = null;
            return false;
        }
    }
}
