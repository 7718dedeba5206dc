using CartoPlatform.SqlApi.Models;

namespace CartoPlatform.SqlApi.Stats;

/// <summary>What a caller asks statistics of.</summary>
/// <param name="Source">The table or query, and filters on it.</param>
/// <param name="Column">As written in the path.</param>
/// <param name="Cells">H3 or QUADBIN where the column is said to hold cells of that index; else null.</param>
internal sealed record StatsRequest(ModelRequest Source, string Column, string? Cells);
