namespace CartoPlatform.SqlApi.Stats;

/// <summary>A statement whose one row is the answer.</summary>
/// <param name="Type">Of the attribute, as the contract spells it.</param>
/// <param name="Sql">Its first column is the number of rows looked at where that is a sample, else null; then come the members.</param>
/// <param name="Members">What the columns after the first are called.</param>
internal sealed record StatsStatement(string Type, string Sql, params IReadOnlyList<string> Members);
