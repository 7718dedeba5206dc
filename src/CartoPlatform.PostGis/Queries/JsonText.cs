using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace CartoPlatform.PostGis.Queries;

/// <summary>Text out of JSON that may hold half a surrogate pair, which <see cref="JsonElement.GetString"/> answers with an exception.</summary>
public static class JsonText
{
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
