using System.Text.Json;

namespace CartoPlatform.Cli.Loading.GeoJson;

/// <summary>The members of one GeoJSON object, as far as they matter.</summary>
internal sealed class FeatureParts(string path, long line) : IDisposable
{
    private static readonly string[] Geometries =
        ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"];

    private static readonly string[] Shapes = ["coordinates", "geometries"];

    private readonly Dictionary<string, JsonDocument> _members = new(StringComparer.Ordinal);

    public bool IsCollection { get; private set; }

    public void Add(string name, JsonDocument? value)
    {
        if (_members.Remove(name, out var earlier))
            earlier.Dispose();
        if (value is not null)
            _members[name] = value;
    }

    public void EndOfCollection() => IsCollection = true;

    public int Srid() => Member("crs") is { } crs
        ? Coordinates.Srid(crs) ?? throw new LoadException(path, line, "its coordinate system (crs) is not known: convert the file with ogr2ogr -t_srs EPSG:4326.")
        : Coordinates.Wgs84;

    /// <summary>For an object that is not a collection of features.</summary>
    public SourceRow ToRow()
    {
        var type = Member("type") is { ValueKind: JsonValueKind.String } text ? text.GetString() ?? "" : "";
        if (type == "Feature")
            return Row(path, line, Member("geometry"), Member("properties"), Member("id"));
        if (Geometries.Contains(type, StringComparer.Ordinal))
            return new SourceRow(line, Geometry(type), []);

        throw new LoadException(path, line, type switch
        {
            "" => "this is not GeoJSON: it has no type.",
            "Topology" => "this is TopoJSON, not GeoJSON: convert it first (npx topojson-client topo2geo, or ogr2ogr).",
            "FeatureCollection" => "the FeatureCollection has no features.",
            _ => $"this is not GeoJSON: the type '{(type.Length <= 40 ? type : type[..40])}' is not part of it.",
        });
    }

    /// <summary>For one entry of a collection.</summary>
    public static SourceRow ToRow(string path, long line, JsonElement feature)
    {
        if (feature.ValueKind != JsonValueKind.Object
            || !feature.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String || !type.ValueEquals("Feature"))
        {
            throw new LoadException(path, line, "this entry of 'features' is not a Feature.");
        }

        return Row(path, line, Optional(feature, "geometry"), Optional(feature, "properties"), Optional(feature, "id"));
    }

    public void Dispose()
    {
        foreach (var member in _members.Values)
            member.Dispose();
    }

    /// <summary>The geometry alone: this object may have members of any kind and size beside it.</summary>
    private string Geometry(string type)
    {
        var members = Shapes
            .Where(_members.ContainsKey)
            .Select(name => $"\"{name}\":{_members[name].RootElement.GetRawText()}");
        return $"{{{string.Join(',', members.Prepend($"\"type\":\"{type}\""))}}}";
    }

    private JsonElement? Member(string name) => _members.TryGetValue(name, out var value) ? value.RootElement : null;

    private static JsonElement? Optional(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value : null;

    private static SourceRow Row(string path, long line, JsonElement? geometry, JsonElement? properties, JsonElement? id)
    {
        var shape = geometry switch
        {
            null or { ValueKind: JsonValueKind.Null } => null,
            { ValueKind: JsonValueKind.Object } value => value.GetRawText(),
            _ => throw new LoadException(path, line, "the geometry of this feature is not an object."),
        };
        try
        {
            return new SourceRow(line, shape, Fields(properties, id, path, line));
        }
        catch (InvalidOperationException)
        {
            throw new LoadException(path, line, "the text of a property is not valid Unicode.");
        }
    }

    private static List<KeyValuePair<string, FieldValue>> Fields(JsonElement? properties, JsonElement? id, string path, long line)
    {
        var fields = new List<KeyValuePair<string, FieldValue>>();
        switch (properties)
        {
            case { ValueKind: JsonValueKind.Object } value:
                fields.AddRange(value.EnumerateObject().Select(property => KeyValuePair.Create(property.Name, JsonField.Value(property.Value))));
                break;
            case null or { ValueKind: JsonValueKind.Null }:
                break;
            default:
                throw new LoadException(path, line, "the properties of this feature are not an object.");
        }

        if (id is { } identifier && fields.TrueForAll(field => field.Key != "id"))
            fields.Insert(0, KeyValuePair.Create("id", JsonField.Value(identifier)));
        return fields;
    }
}
