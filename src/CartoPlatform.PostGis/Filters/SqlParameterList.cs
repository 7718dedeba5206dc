using System.Globalization;
using Npgsql;

namespace CartoPlatform.PostGis.Filters;

/// <summary>Values of a statement under construction: each gets its placeholder as it comes.</summary>
public sealed class SqlParameterList
{
    private readonly List<NpgsqlParameter> _parameters = [];

    public int Count => _parameters.Count;

    /// <summary>Takes a value and gives its placeholder, such as <c>$3</c>.</summary>
    public string Add(NpgsqlParameter parameter)
    {
        _parameters.Add(parameter);
        return Placeholder(_parameters.Count);
    }

    /// <summary>The placeholder of the n-th value, from 1.</summary>
    public static string Placeholder(int number) => string.Create(CultureInfo.InvariantCulture, $"${number}");

    /// <summary>Adds copies: a parameter belongs to one command only.</summary>
    public void CopyTo(NpgsqlParameterCollection target)
    {
        foreach (var parameter in _parameters) target.Add(parameter.Clone());
    }
}
