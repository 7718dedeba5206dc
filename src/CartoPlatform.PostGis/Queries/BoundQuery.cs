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
}
