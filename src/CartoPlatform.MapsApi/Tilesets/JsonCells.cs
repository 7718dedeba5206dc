using System.Buffers;
using System.Text;
using System.Text.Json;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.CartoTiles;
using CartoPlatform.Tiles.Cells;

namespace CartoPlatform.MapsApi.Tilesets;

/// <summary>Tiles of cells that are stored as JSON (contract, section 4.9): <c>[{"id": "88…", "properties": {…}}]</c>.</summary>
internal static class JsonCells
{
    public static CellScheme? SchemeOf(byte[] tile)
    {
        var id = Read(tile).Select(cell => cell.Id).FirstOrDefault();
        return id is null ? null : CellScheme.Quadbin.TryParse(id, out _) ? CellScheme.Quadbin : CellScheme.H3.TryParse(id, out _) ? CellScheme.H3 : null;
    }

    /// <summary>The same as CARTO's binary tile, which every layer and widget reads.</summary>
    /// <exception cref="TileFormatException">The bytes are no such JSON.</exception>
    public static (ReadOnlyMemory<byte> Bytes, int Cells) ToBinary(byte[] tile, CellScheme scheme)
    {
        var cells = Read(tile);
        var kinds = new SortedDictionary<string, TileColumnKind>(StringComparer.Ordinal);
        foreach (var property in cells.SelectMany(cell => cell.Properties).Where(property => property.Value.ValueKind != JsonValueKind.Null))
        {
            var kind = property.Value.ValueKind == JsonValueKind.Number ? TileColumnKind.Number : TileColumnKind.Text;
            if (!kinds.TryGetValue(property.Name, out var known) || known == TileColumnKind.Number) kinds[property.Name] = kind;
        }

        TileColumn[] columns = [.. kinds.Select(pair => new TileColumn(pair.Key, pair.Value))];
        using var encoder = new SpatialTileEncoder(scheme, columns);
        foreach (var cell in cells)
        {
            if (!scheme.TryParse(cell.Id, out var index)) throw new TileFormatException($"{cell.Id} is no {scheme.Name} cell.");
            encoder.BeginCell(index);
            var values = cell.Properties.GroupBy(property => property.Name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal);
            for (var column = 0; column < columns.Length; column++)
            {
                if (values.TryGetValue(columns[column].Name, out var value) && value.ValueKind != JsonValueKind.Null) Add(encoder, column, value);
            }

            encoder.EndCell();
        }

        var output = new ArrayBufferWriter<byte>(Math.Max(1, encoder.Length));
        if (cells.Count > 0) encoder.WriteTo(output);
        return (output.WrittenMemory, cells.Count);
    }

    private static void Add(SpatialTileEncoder encoder, int column, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number) encoder.Add(column, value.GetDouble());
        else encoder.Add(column, Encoding.UTF8.GetBytes(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText()));
    }

    private static List<(string Id, JsonProperty[] Properties)> Read(byte[] tile)
    {
        try
        {
            using var document = JsonDocument.Parse(tile);
            return [.. document.RootElement.Clone().EnumerateArray().Select(cell => (Id(cell.GetProperty("id")), Properties(cell)))];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new TileFormatException("The tile is no JSON array of cells.");
        }
    }

    private static string Id(JsonElement id) => id.ValueKind == JsonValueKind.String ? id.GetString()! : id.GetRawText();

    private static JsonProperty[] Properties(JsonElement cell) =>
        cell.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object ? [.. properties.EnumerateObject()] : [];
}
