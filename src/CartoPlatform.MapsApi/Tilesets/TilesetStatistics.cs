using System.Globalization;
using System.Text.Json.Nodes;
using CartoPlatform.Tiles.Mvt;

namespace CartoPlatform.MapsApi.Tilesets;

/// <summary>Tilestats of tiles that came without: made from features as they are read, each id once.</summary>
internal sealed class TilesetStatistics
{
    private const int MaxCategories = 100, MaxDistinct = 10_000;

    private static readonly string[] Geometries = ["", "Point", "LineString", "Polygon"];

    private readonly HashSet<ulong> _seen = [];
    private readonly SortedDictionary<string, Attribute> _attributes = new(StringComparer.Ordinal);
    private readonly Dictionary<int, long> _kinds = [];
    private string? _layer;
    private long _count;

    public void Add(IReadOnlyList<DecodedLayer> layers)
    {
        foreach (var layer in layers)
        {
            _layer ??= layer.Name;
            foreach (var feature in layer.Features)
            {
                if (feature.Id is { } id and not 0 && !_seen.Add(id)) continue;
                _count++;
                _kinds[feature.Type] = _kinds.GetValueOrDefault(feature.Type) + 1;
                foreach (var (name, value) in MvtConverter.Attributes(layer, feature)) Find(name).Add(value);
            }
        }
    }

    public JsonObject ToJson()
    {
        var kind = _kinds.Count == 0 ? 0 : _kinds.MaxBy(pair => pair.Value).Key;
        var layer = new JsonObject
        {
            ["layer"] = _layer ?? "default",
            ["count"] = _count,
            ["attributeCount"] = _attributes.Count,
            ["attributes"] = new JsonArray([.. _attributes.Select(JsonNode (pair) => pair.Value.ToJson(pair.Key))]),
        };
        if (kind > 0 && kind < Geometries.Length) layer["geometry"] = Geometries[kind];
        return new JsonObject { ["layerCount"] = 1, ["layers"] = new JsonArray(layer) };
    }

    private Attribute Find(string name) => _attributes.TryGetValue(name, out var attribute) ? attribute : _attributes[name] = new Attribute();

    private sealed class Attribute
    {
        private readonly Dictionary<string, long> _categories = new(StringComparer.Ordinal);
        private (double Min, double Max, double Sum, long Count) _numbers = (double.PositiveInfinity, double.NegativeInfinity, 0, 0);
        private bool _isText, _isBoolean;

        public void Add(object value)
        {
            if (value is string or bool)
            {
                (_isText, _isBoolean) = (_isText || value is string, _isBoolean || value is bool);
                var text = value is bool flag ? flag ? "true" : "false" : (string)value;
                if (_categories.Count < MaxDistinct || _categories.ContainsKey(text)) _categories[text] = _categories.GetValueOrDefault(text) + 1;
                return;
            }

            var number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
            if (double.IsFinite(number)) _numbers = (Math.Min(_numbers.Min, number), Math.Max(_numbers.Max, number), _numbers.Sum + number, _numbers.Count + 1);
        }

        public JsonObject ToJson(string name)
        {
            if (!_isText && !_isBoolean)
            {
                var json = new JsonObject { ["attribute"] = name, ["type"] = "Number" };
                if (_numbers.Count > 0) (json["min"], json["max"], json["sum"], json["avg"]) = (_numbers.Min, _numbers.Max, _numbers.Sum, _numbers.Sum / _numbers.Count);
                return json;
            }

            var categories = _categories.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(MaxCategories)
                .Select(JsonNode (pair) => new JsonObject { ["category"] = pair.Key, ["frequency"] = pair.Value });
            return new JsonObject { ["attribute"] = name, ["type"] = _isText ? "String" : "Boolean", ["categories"] = new JsonArray([.. categories]) };
        }
    }
}
