namespace CartoPlatform.PostGis.Queries;

/// <summary>
/// Which form each value is sent in, and which to try next when PostgreSQL refuses the types: the value used nearest to where it
/// points at, or, where it points nowhere, one whose type it was left to infer.
/// </summary>
internal sealed class ParameterForms(BoundQuery query)
{
    // Each try is a round trip; real statements need one or two.
    private const int MaxTries = 64;

    private readonly int[] _current = new int[query.Values.Count];
    private readonly HashSet<(int Value, int Form)> _refused = [];
    private readonly HashSet<int> _settled = [];
    private int _tries;

    public IReadOnlyList<ValueForm> Current => [.. _current.Select((form, value) => query.Values[value].Forms[form])];

    /// <param name="position">Of the error, counted from 1; 0 if it has none.</param>
    public bool TryNext(int position)
    {
        if (++_tries > MaxTries) return false;
        return position > 0 ? TryNearest(position - 1) : TryUninferred();
    }

    private bool TryNearest(int position)
    {
        foreach (var place in query.Places.OrderBy(place => Math.Abs(place.Position - position)))
        {
            var value = place.Value;
            _refused.Add((value, _current[value]));
            if (Advance(value)) return true;

            // None of its forms is what was meant: it was another value.
            _current[value] = 0;
        }

        return false;
    }

    private bool TryUninferred()
    {
        for (var value = 0; value < _current.Length; value++)
        {
            if (query.Values[value].Forms[_current[value]].DataTypeName is null && _settled.Add(value) && Advance(value)) return true;
        }

        return false;
    }

    private bool Advance(int value)
    {
        var count = query.Values[value].Forms.Count;
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
