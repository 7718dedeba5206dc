using System.Globalization;

namespace CartoPlatform.PostGis.Queries;

/// <summary>Where in the text of a <see cref="BoundQuery"/> a value is used.</summary>
internal readonly record struct BoundPlace(int Position, int Value);

/// <summary>A statement and the values of its placeholders, which are now <c>$1</c>, <c>$2</c>, …; each in every form it could be sent.</summary>
public sealed class BoundQuery
{
    internal BoundQuery(string sql, IReadOnlyList<QueryValue> values, IReadOnlyList<BoundPlace> places)
    {
        Sql = sql;
        Values = values;
        Places = places;
    }

    public string Sql { get; }

    internal IReadOnlyList<QueryValue> Values { get; }

    internal IReadOnlyList<BoundPlace> Places { get; }

    /// <summary>
    /// The same with a parameter of its own for one place: PostgreSQL wants one type for all places of a parameter, and cannot always
    /// find it (<c>$1 IS NULL OR id = $1</c>). Null if there is no place there.
    /// </summary>
    internal BoundQuery? Split(int position)
    {
        var place = Places.FirstOrDefault(place => place.Position == position, new BoundPlace(-1, -1));
        if (place.Position < 0) return null;

        var (before, after) = (Placeholder(place.Value), Placeholder(Values.Count));
        var moved = after.Length - before.Length;
        return new BoundQuery(
            Sql.Remove(position, before.Length).Insert(position, after),
            [.. Values, Values[place.Value]],
            [.. Places.Select(other => other == place ? new BoundPlace(position, Values.Count) : other.Position > position ? other with { Position = other.Position + moved } : other)]);
    }

    internal static string Placeholder(int value) => string.Create(CultureInfo.InvariantCulture, $"${value + 1}");
}
