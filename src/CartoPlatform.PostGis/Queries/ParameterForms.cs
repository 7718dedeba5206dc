namespace CartoPlatform.PostGis.Queries;

/// <summary>
/// Which form each value is sent in, and what to try next when PostgreSQL refuses the types: another form of the value used nearest to
/// where it points at, or, where it points nowhere, of one whose type it was left to infer.
/// </summary>
internal sealed class ParameterForms(BoundQuery query)
{
    // Each try is a round trip; real statements need one or two.
    private const int MaxTries = 64;

    private readonly HashSet<(int Value, int Form)> _refused = [];
    private readonly HashSet<int> _settled = [];
    private readonly List<int> _current = [.. Enumerable.Repeat(0, query.Values.Count)];
    private int _tries;

    public BoundQuery Query { get; private set; } = query;

    public IReadOnlyList<ValueForm> Current => [.. _current.Select((form, value) => Query.Values[value].Forms[form])];

    /// <param name="position">Of the error in the statement, or -1 if it has none.</param>
    /// <param name="isConflict">Whether the places of one value want different types.</param>
    public bool TryNext(int position, bool isConflict)
    {
        if (++_tries > MaxTries) return false;
        if (position < 0) return TryUninferred();
        return (isConflict && TrySplit(position)) || TryNearest(position);
    }

    private bool TrySplit(int position)
    {
        if (Query.Split(position) is not { } split) return false;
        Query = split;
        _current.Add(0);
        return true;
    }

    private bool TryNearest(int position)
    {
        foreach (var place in Query.Places.OrderBy(place => Math.Abs(place.Position - position)))
        {
            var value = place.Value;
            _refused.Add((value, _current[value]));
            if (Advance(value)) return true;

            // None of its forms fits: either not in all of its places, or it was another value that did not.
            _current[value] = 0;
            if (Query.Places.Count(other => other.Value == value) > 1 && TrySplit(place.Position))
            {
                _refused.RemoveWhere(refused => refused.Value == value);
                return true;
            }
        }

        return false;
    }

    private bool TryUninferred()
    {
        for (var value = 0; value < _current.Count; value++)
        {
            if (Query.Values[value].Forms[_current[value]].DataTypeName is null && _settled.Add(value) && Advance(value)) return true;
        }

        return false;
    }

    private bool Advance(int value)
    {
        var count = Query.Values[value].Forms.Count;
        for (var step = 1; step < count; step++)
        {
            var form = (_current[value] + step) % count;
            if (_refused.Contains((value, form))) continue;
            _current[value] = form;
            return true;
        }

        return false;
    }
}
