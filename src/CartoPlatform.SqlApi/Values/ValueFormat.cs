namespace CartoPlatform.SqlApi.Values;

/// <summary>Writes a value, as PostgreSQL sends it, as JSON. One per type (docs/api/sql.md has the table).</summary>
/// <param name="value">In PostgreSQL's binary form (<c>src/backend/utils/adt/*</c>, the <c>_send</c> functions), never null.</param>
/// <param name="output">Where it goes.</param>
internal delegate void ValueFormat(ReadOnlySpan<byte> value, Utf8Buffer output);
