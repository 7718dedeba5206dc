using System.Globalization;
using CartoPlatform.PostGis.Queries;
using Npgsql;

namespace CartoPlatform.PostGis.Filters;

/// <summary>Values of a statement under construction: each gets its placeholder as it comes.</summary>
public sealed class SqlParameterList
{
    private readonly List<NpgsqlParameter> _parameters = [];

    public SqlParameterList()
    {
    }

    /// <summary>Starts with the values of a query that stands in the statement: they are <c>$1</c> and following there.</summary>
    public SqlParameterList(DescribedQuery query)
    {
        using var command = new NpgsqlCommand();
        query.AddParameters(command.Parameters);
        foreach (NpgsqlParameter parameter in command.Parameters) _parameters.Add(parameter.Clone());
    }

    internal IReadOnlyList<NpgsqlParameter> Items => _parameters;

    public int Count => _parameters.Count;

    /// <summary>Whether one of the values is a regular expression of a caller's (<see cref="RegExpTime"/>).</summary>
    public bool HoldsRegExp { get; internal set; }

    /// <summary>Takes a value and gives its placeholder, such as <c>$3</c>.</summary>
    public string Add(NpgsqlParameter parameter)
    {
        _parameters.Add(parameter);
        return string.Create(CultureInfo.InvariantCulture, $"${_parameters.Count}");
    }

    /// <summary>Adds copies: a parameter belongs to one command only.</summary>
    public void CopyTo(NpgsqlParameterCollection target)
    {
        foreach (var parameter in _parameters) target.Add(parameter.Clone());
    }
}
