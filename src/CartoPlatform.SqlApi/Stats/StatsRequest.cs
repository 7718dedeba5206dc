using CartoPlatform.SqlApi.Models;
using CartoPlatform.Tiles.Cells;

namespace CartoPlatform.SqlApi.Stats;

/// <summary>What a caller asks statistics of.</summary>
/// <param name="Source">The table or query, and filters on it.</param>
/// <param name="Column">As written in the path.</param>
/// <param name="Cells">What cells the column is said to hold; null for none.</param>
internal sealed record StatsRequest(ModelRequest Source, string Column, CellScheme? Cells);
