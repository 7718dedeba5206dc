using System.Buffers;
using System.Text;
using System.Text.Json;
using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.WorkspaceApi.Maps;

/// <summary>
/// What a map shows: the members of its document in the order and the letters of its makers. Only <c>title</c>, <c>description</c>,
/// <c>tags</c> and <c>datasets</c> mean something here; <c>keplerMapConfig</c> and whatever else a maker adds pass through.
/// </summary>
internal sealed class MapContent
{
    /// <summary>A document in UTF-8; the metadata schema states the same.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    public const string KeplerMapConfig = "keplerMapConfig";
    public const string Datasets = "datasets";

    private const int MaxTitleLength = 500;
    private const int MaxDescriptionLength = 20_000;
    private const int MaxTags = 100;
    private const int MaxTagLength = 200;

    /// <summary>The least that the client's <c>fetchMap</c> takes: a view, a basemap, no layers (contract, section 11.2).</summary>
    private const string EmptyConfig =
        """{"version":"v1","config":{"mapState":{"latitude":0,"longitude":0,"zoom":1,"pitch":0,"bearing":0},"mapStyle":{"styleType":"positron"},"visState":{"layers":[]}}}""";

    private static readonly JsonDocumentOptions JsonOptions = new() { MaxDepth = 128 };

    private readonly OrderedDictionary<string, JsonElement> _members;

    private MapContent(OrderedDictionary<string, JsonElement> members) => _members = members;

    /// <summary>A map without anything; its config can be drawn.</summary>
    public static MapContent Empty { get; } = Parse($$"""{"title":"Untitled map","description":null,"datasets":[],"keplerMapConfig":{{EmptyConfig}}}""");

    public string Title => _members["title"].GetString() ?? "";

    public string? Description => Find("description") is { } description ? MapJson.TextOf(description) : null;

    public IEnumerable<string> Tags =>
        Find("tags") is { ValueKind: JsonValueKind.Array } tags ? tags.EnumerateArray().Select(MapJson.TextOf).OfType<string>() : [];

    /// <summary>What this platform wrote itself.</summary>
    public static MapContent Parse(string json)
    {
        var members = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
        using var document = JsonDocument.Parse(json, JsonOptions);
        foreach (var member in document.RootElement.Clone().EnumerateObject()) members[member.Name] = member.Value;
        return new MapContent(members);
    }

    public JsonElement? Find(string name) => _members.TryGetValue(name, out var value) ? value : null;

    /// <summary>The datasets, which were checked when they came.</summary>
    public IEnumerable<MapDataset> ReadDatasets() =>
        Find(Datasets) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray().Select(MapDataset.Of) : [];

    public MapContent WithDatasets(IEnumerable<MapDataset> datasets)
    {
        var changed = Copy();
        changed._members[Datasets] = MapJson.Write(writer =>
        {
            writer.WriteStartArray();
            foreach (var dataset in datasets) dataset.WriteTo(writer);
            writer.WriteEndArray();
        });
        return changed;
    }

    /// <summary>
    /// The content with these members in place of its own; <c>null</c> takes one away. Nothing is merged deeper, so
    /// <c>keplerMapConfig</c> is replaced whole (contract, section 13). Datasets are not looked at here.
    /// </summary>
    public MapContent With(IEnumerable<KeyValuePair<string, JsonElement>> changes)
    {
        var changed = Copy();
        foreach (var (name, value) in changes)
        {
            if (value.ValueKind != JsonValueKind.Null) changed._members[name] = value;
            else if (Empty._members.TryGetValue(name, out var initial)) changed._members[name] = initial;
            else changed._members.Remove(name);
        }

        return changed;
    }

    /// <summary>What is wrong with it, datasets apart.</summary>
    public ApiError? Check()
    {
        if (_members["title"] is not { ValueKind: JsonValueKind.String } title || !IsText(title, 1, MaxTitleLength))
            return ApiError.BadRequest($"title must be a text of 1 to {MaxTitleLength} characters");
        if (Find("description") is { ValueKind: not JsonValueKind.Null } description && !IsText(description, 0, MaxDescriptionLength))
            return ApiError.BadRequest($"description must be a text of at most {MaxDescriptionLength} characters");
        if (Find(KeplerMapConfig) is not { ValueKind: JsonValueKind.Object }) return ApiError.BadRequest($"{KeplerMapConfig} must be a JSON object");
        if (Find("tags") is { } tags && !IsTags(tags))
            return ApiError.BadRequest($"tags must be a list of at most {MaxTags} texts of 1 to {MaxTagLength} characters");
        return Encoding.UTF8.GetByteCount(ToJson()) > MaxBytes
            ? new ApiError(StatusCodes.Status413PayloadTooLarge, $"A map's document has at most {MaxBytes} bytes")
            : null;
    }

    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, MapJson.WriterOptions))
        {
            writer.WriteStartObject();
            WriteMembers(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public void WriteMembers(Utf8JsonWriter writer, string? except = null)
    {
        foreach (var (name, value) in _members)
        {
            if (name == except) continue;
            writer.WritePropertyName(name);
            MapJson.WriteRaw(writer, value);
        }
    }

    private MapContent Copy() => new(new OrderedDictionary<string, JsonElement>(_members, StringComparer.Ordinal));

    private static bool IsTags(JsonElement tags) =>
        tags.ValueKind == JsonValueKind.Array && tags.GetArrayLength() <= MaxTags && tags.EnumerateArray().All(tag => IsText(tag, 1, MaxTagLength));

    private static bool IsText(JsonElement value, int minLength, int maxLength) =>
        MapJson.TextOf(value) is { } text && text.Length >= minLength && text.Length <= maxLength && !text.Contains('\0', StringComparison.Ordinal);
}
