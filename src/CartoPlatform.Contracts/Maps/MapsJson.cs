using System.Text.Json;
using System.Text.Json.Serialization;

namespace CartoPlatform.Contracts.Maps;

/// <summary>How the answers of the Maps API are written and read.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MapInstantiation))]
[JsonSerializable(typeof(TileJson))]
public sealed partial class MapsJson : JsonSerializerContext;
