using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace CartoPlatform.Cli.Loading.Tables;

/// <summary>A table that lives as long as the transaction, with the rows in the order of the file.</summary>
internal sealed partial class StagingTable(NpgsqlConnection connection, TableShape shape)
{
    public const string Name = "carto_staging";

    /// <summary>All but the geometry, quoted.</summary>
    public IEnumerable<string> Columns => shape.Columns.Select(column => Identifier.Quote(column));

    public Task CreateAsync(CancellationToken cancellationToken)
    {
        var columns = shape.Columns.Select((column, index) => $", {Identifier.Quote(column)} {shape.SqlType(index)}");
        return connection.ExecuteAsync($"CREATE TEMP TABLE {Name} ({ColumnNames.Geometry} geometry{string.Concat(columns)}) ON COMMIT DROP", cancellationToken);
    }

    public async Task FillAsync(IRowSource source, Action<double> progress, CancellationToken cancellationToken)
    {
        // The session decides how times without a zone are read.
        await connection.ExecuteAsync("SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'", cancellationToken);
        try
        {
            await CopyAsync(source, progress, cancellationToken);
        }
        catch (PostgresException exception) when (CopyPosition().Match(exception.Where ?? "") is { Success: true } position)
        {
            var row = long.Parse(position.Groups["row"].Value, CultureInfo.InvariantCulture);
            var column = position.Groups["column"].Value is { Length: > 0 } name ? $"{name}: " : "";
            throw await ProblemAsync(source, row, $"{column}{exception.MessageText}.", cancellationToken);
        }

        await RequireDegreesAsync(source, cancellationToken);
    }

    private async Task CopyAsync(IRowSource source, Action<double> progress, CancellationToken cancellationToken)
    {
        var text = new CopyText(shape);
        await using var copy = await connection.BeginTextImportAsync($"COPY {Name} FROM STDIN", cancellationToken);
        await foreach (var row in source.ReadAsync(cancellationToken))
        {
            await copy.WriteAsync(text.Line(row), cancellationToken);
            progress(source.Progress);
        }
    }

    /// <summary>Latitudes beyond the poles break every tile they are in, and come from projected or swapped coordinates.</summary>
    private async Task RequireDegreesAsync(IRowSource source, CancellationToken cancellationToken)
    {
        if (source.Srid != 4326)
            return;

        // The rows of a fresh table lie in the order in which they came.
        await using var command = new NpgsqlCommand(
            $"""
            SELECT (SELECT count(*) FROM {Name} AS earlier WHERE earlier.ctid <= first.ctid), ST_AsText(ST_PointOnSurface(ST_Envelope(first.geom)), 3)
            FROM (
                SELECT ctid, geom FROM {Name}
                WHERE ST_SRID(geom) IN (0, 4326) AND (ST_YMin(geom) < -90 OR ST_YMax(geom) > 90 OR ST_XMin(geom) < -360 OR ST_XMax(geom) > 360)
                ORDER BY ctid LIMIT 1) AS first
            """,
            connection)
        { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return;

        var (row, place) = (reader.GetInt64(0), await reader.IsDBNullAsync(1, cancellationToken) ? "it" : reader.GetString(1));
        throw await ProblemAsync(source, row, $"{place} is not on the globe: coordinates must be longitude and latitude in degrees (EPSG:4326), in this order.", cancellationToken);
    }

    private static async Task<LoadException> ProblemAsync(IRowSource source, long row, string problem, CancellationToken cancellationToken)
    {
        var number = 0L;
        await foreach (var candidate in source.ReadAsync(cancellationToken))
        {
            if (++number == row)
                return new LoadException(source.Path, candidate.Line, problem);
        }

        return new LoadException(source.Path, null, problem);
    }

    [GeneratedRegex(@"COPY \w+, line (?<row>\d+)(, column (?<column>[^:]+))?", RegexOptions.CultureInvariant)]
    private static partial Regex CopyPosition();
}
