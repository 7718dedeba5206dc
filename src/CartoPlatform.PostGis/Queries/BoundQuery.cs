using System.Globalization;

namespace CartoPlatform.PostGis.Queries;

/// <summary>Where in the text of a <see cref="BoundQuery"/> a value is used.</summary>
/// <param name="Position">Of its placeholder in that text.</param>
/// <param name="Value">Which one.</param>
/// <param name="SentStart">Where the placeholder stood in the statement as its caller wrote it.</param>
/// <param name="SentEnd">Where it ended there.</param>
internal readonly record struct BoundPlace(int Position, int Value, int SentStart, int SentEnd);

/// <summary>A statement and the values of its placeholders, which are now <c>$1</c>, <c>$2</c>, …; each in every form it could be sent.</summary>
public sealed class BoundQuery
{
    internal BoundQuery(SqlText text, string sql, IReadOnlyList<QueryValue> values, IReadOnlyList<BoundPlace> places)
    {
        Text = text;
        Sql = sql;
        Values = values;
        Places = places;
    }

    /// <summary>The statement as it was written.</summary>
    internal SqlText Text { get; }

    /// <summary>Whether its caller wrote it: of the SQL behind a name he is told no positions.</summary>
    internal bool IsCallers { get; private init; } = true;

    public string Sql { get; }

    internal IReadOnlyList<QueryValue> Values { get; }

    internal IReadOnlyList<BoundPlace> Places { get; }

    /// <summary>The same, where its text stands behind a name and its caller need not know it.</summary>
    public BoundQuery BehindName() => new(Text, Sql, Values, Places) { IsCallers = false };

    /// <summary>
    /// The same with a parameter of its own for one place: PostgreSQL wants one type for all places of a parameter, and cannot always
    /// find it (<c>$1 IS NULL OR id = $1</c>). Null if there is no place there.
    /// </summary>
    internal BoundQuery? Split(int position)
    {
        var place = Places.FirstOrDefault(place => place.Position == position, new BoundPlace(-1, -1, -1, -1));
        if (place.Position < 0) return null;

        var (before, after) = (Placeholder(place.Value), Placeholder(Values.Count));
        var moved = after.Length - before.Length;
        return new BoundQuery(
            Text,
            Sql.Remove(position, before.Length).Insert(position, after),
            [.. Values, Values[place.Value]],
            [.. Places.Select(other => other == place ? place with { Value = Values.Count } : other.Position > position ? other with { Position = other.Position + moved } : other)])
        { IsCallers = IsCallers };
    }

    /// <summary>Where in <see cref="SqlText.Sent"/> stands what is here in <see cref="Sql"/>.</summary>
    internal int ToSent(int index)
    {
        var (bound, sent) = (0, 0);
        foreach (var place in Places)
        {
            if (place.Position > index) break;
            bound = place.Position + Placeholder(place.Value).Length;
            sent = index < bound ? place.SentStart : place.SentEnd;
        }

        return Text.Start + sent + Math.Max(0, index - bound);
    }

    internal static string Placeholder(int value) => string.Create(CultureInfo.InvariantCulture, $"${value + 1}");
}
