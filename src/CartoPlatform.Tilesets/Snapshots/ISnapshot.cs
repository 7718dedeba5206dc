using CartoPlatform.Tiles;
using Npgsql;

namespace CartoPlatform.Tilesets.Snapshots;

/// <summary>One state of the input, in a table made for a kind of tileset.</summary>
internal interface ISnapshot
{
    IReadOnlyList<TileValue> Values { get; }

    /// <summary>The statements that make the table.</summary>
    IEnumerable<string> CreateSql(string table);

    /// <summary>Rows with the values under their own names, and a text <c>carto_geometry</c>: what statistics are about.</summary>
    string StatisticsSql(string table, int maxZoom);

    /// <summary>Where the rows are.</summary>
    Task<Bounds?> MeasureAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken);
}
