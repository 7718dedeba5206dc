using Npgsql;

namespace CartoPlatform.PostGis.Queries;

/// <summary>
/// Where in a caller's own text PostgreSQL found what it refused. It is known while a statement is described, which is before it becomes
/// part of another: of positions in statements of ours nobody is told.
/// </summary>
/// <param name="Character">Counted from 1, in characters of Unicode, as PostgreSQL does.</param>
/// <param name="Line">Counted from 1.</param>
/// <param name="Column">The character in that line, counted from 1.</param>
public sealed record SqlPosition(int Character, int Line, int Column)
{
    private const string Key = "CartoPlatform.SqlPosition";

    /// <summary>The position of an exception that <see cref="QueryDescriber"/> let pass; null where PostgreSQL tells none.</summary>
    public static SqlPosition? Of(Exception exception) => exception.Data[Key] as SqlPosition;

    /// <param name="exception">What PostgreSQL said.</param>
    /// <param name="query">Of which statement.</param>
    /// <param name="index">Where in <see cref="BoundQuery.Sql"/>; negative for nowhere.</param>
    internal static void Note(PostgresException exception, BoundQuery query, int index)
    {
        if (index >= 0 && query.IsCallers) exception.Data[Key] = In(query.Text.Sent, query.ToSent(index));
    }

    private static SqlPosition In(string text, int index)
    {
        var (character, line, column) = (1, 1, 1);
        for (var at = 0; at < index && at < text.Length; at++)
        {
            // The second half of a character beyond the basic plane.
            if (char.IsLowSurrogate(text[at])) continue;
            character++;
            (line, column) = text[at] == '\n' ? (line + 1, 1) : (line, column + 1);
        }

        return new SqlPosition(character, line, column);
    }
}
