using System.Globalization;
using Npgsql;

namespace CartoPlatform.Cli.Loading.Tables;

/// <summary>The type of the geometry column, as narrow as the rows allow, and the expression that brings each row to it.</summary>
internal sealed record GeometryColumn(string Type, string Expression)
{
    public static async Task<GeometryColumn> DecideAsync(NpgsqlConnection connection, int srid, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT coalesce(array_agg(DISTINCT substr(ST_GeometryType(geom), 4)) FILTER (WHERE geom IS NOT NULL), ARRAY[]::text[]),
                   coalesce(bool_or(ST_Zmflag(geom) IN (2, 3)), false),
                   coalesce(bool_or(ST_Zmflag(geom) IN (1, 3)), false)
            FROM {StagingTable.Name}
            """,
            connection)
        { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return Decide(await reader.GetFieldValueAsync<string[]>(0, cancellationToken), reader.GetBoolean(1), reader.GetBoolean(2), srid);
    }

    internal static GeometryColumn Decide(IReadOnlyCollection<string> types, bool hasZ, bool hasM, int srid)
    {
        var (type, isMulti) = Common(types);
        var dimensions = (hasZ ? "Z" : "") + (hasM ? "M" : "");
        var known = string.Create(CultureInfo.InvariantCulture, $"CASE ST_SRID(geom) WHEN 0 THEN ST_SetSRID(geom, {srid}) ELSE geom END");
        var expression = $"ST_Transform({known}, 4326)";
        if (isMulti)
            expression = $"ST_Multi({expression})";
        if (dimensions.Length > 0)
            expression = $"{(dimensions == "ZM" ? "ST_Force4D" : "ST_Force3D" + dimensions)}({expression})";
        return new GeometryColumn($"geometry({type}{dimensions}, 4326)", expression);
    }

    /// <summary>Single and multiple parts of one kind are usual in one file, and become multiple ones.</summary>
    private static (string Type, bool IsMulti) Common(IReadOnlyCollection<string> types)
    {
        foreach (var simple in (ReadOnlySpan<string>)["Point", "LineString", "Polygon"])
        {
            var multi = $"Multi{simple}";
            if (types.Count > 0 && types.All(type => Is(type, simple)))
                return (simple, false);
            if (types.Count > 0 && types.All(type => Is(type, simple) || Is(type, multi)))
                return (multi, true);
        }

        return ("Geometry", false);
    }

    private static bool Is(string type, string name) => string.Equals(type, name, StringComparison.OrdinalIgnoreCase);
}
