using CartoPlatform.Tilesets.Writing;
using Npgsql;

namespace CartoPlatform.Tilesets.Rendering;

/// <summary>Makes the tiles of a plan, unit by unit.</summary>
internal interface ITileSource
{
    /// <param name="reader">The connection that the snapshot is read on.</param>
    /// <param name="isDone">Whether a unit was done by an earlier run.</param>
    /// <param name="write">Takes a unit: its name, its tiles, and what is counted while they are made.</param>
    /// <param name="progress">Takes the share done.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    Task RenderAsync(
        NpgsqlConnection reader, Func<string, bool> isDone, Func<string, IAsyncEnumerable<StagedTile>, ZoomCounts, Task> write, Action<double> progress,
        CancellationToken cancellationToken);
}
