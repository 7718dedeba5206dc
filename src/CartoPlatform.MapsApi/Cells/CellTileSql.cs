using System.Globalization;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.MapsApi.Tiles;

namespace CartoPlatform.MapsApi.Cells;

/// <summary>
/// The SQL of a tile of cells: rows of the source that belong to it, grouped by a key that a cell can be told from. One text for all
/// tiles of a source, so that it stays prepared.
/// </summary>
/// <param name="From">Entries of FROM, the source first.</param>
/// <param name="Conditions">Which rows belong to the tile.</param>
/// <param name="Key">A bigint.</param>
/// <param name="Values">What <paramref name="From"/> and <paramref name="Conditions"/> refer to, behind the source's own values.</param>
internal sealed record CellTileSql(string From, IReadOnlyList<string> Conditions, string Key, object[] Values)
{
    /// <summary>From the key to the cell.</summary>
    public Func<long, long> ToCell { get; init; } = key => key;

    /// <summary>The name of a value of a layer (counted from 0) where cells are selected.</summary>
    public static string Value(int index) => string.Create(CultureInfo.InvariantCulture, $"t.v{index + 1}");

    /// <summary>
    /// Key, properties and, of a sample, the number of all cells. One more value: the greatest number of cells. A sample is spread
    /// evenly, and always the same.
    /// </summary>
    public string Select(MapSource source, CellLayer layer, IReadOnlyList<TileProperty> properties, bool sample)
    {
        string[] conditions = [.. Conditions, .. new[] { source.FilterSql }.OfType<string>()];
        var values = string.Concat(layer.ValueSql.Select((value, index) => string.Create(CultureInfo.InvariantCulture, $", {value} AS v{index + 1}")));
        var selected = string.Concat(properties.Select(property => $", {property.Sql}"));
        return string.Create(CultureInfo.InvariantCulture, $"""
            SELECT t.key{selected}{(sample ? ", count(*) OVER ()" : "")}
            FROM (SELECT {Key} AS key{values}
                  FROM {From}
                  WHERE {string.Join(" AND ", conditions)}
                  GROUP BY {Key}) AS t
            ORDER BY {(sample ? "hashint8extended(t.key, 0), " : "")}t.key
            LIMIT ${source.Parameters.Count + Values.Length + 1}
            """);
    }
}
