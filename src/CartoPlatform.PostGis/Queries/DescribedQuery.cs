using System.Globalization;
using System.Text;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Types;
using Npgsql;

namespace CartoPlatform.PostGis.Queries;

/// <summary>A statement whose result and parameter types the database has told. Immutable; may be kept and run on any connection.</summary>
public sealed class DescribedQuery
{
    private readonly IReadOnlyList<NpgsqlParameter> _values;

    internal DescribedQuery(string sql, IReadOnlyList<NpgsqlParameter> values, IReadOnlyList<Column> columns, IReadOnlyList<PostgresTypeInfo> types)
    {
        Sql = sql;
        _values = values;
        Columns = columns;
        Types = types;
    }

    /// <summary>The statement, with its placeholders numbered from <c>$1</c>.</summary>
    public string Sql { get; }

    /// <summary>Columns of the result, in order; names may repeat. Empty for a statement without result.</summary>
    public IReadOnlyList<Column> Columns { get; }

    /// <summary>The types of <see cref="Columns"/>, domains resolved.</summary>
    public IReadOnlyList<PostgresTypeInfo> Types { get; }

    /// <summary>How many parameters <see cref="AddParameters"/> adds; those of the surrounding statement are numbered after them.</summary>
    public int ParameterCount => Math.Max(1, _values.Count);

    /// <summary>The name of a column (counted from 0) in <see cref="AsSubquery"/>: names of the result may be missing or twice there.</summary>
    public static string ColumnSql(int index) => string.Create(CultureInfo.InvariantCulture, $"c{index + 1}");

    /// <summary>
    /// The statement as an entry of FROM, its columns named <c>c1</c>, <c>c2</c>, …; only statements that read can stand there.
    /// The line breaks keep a comment at its end from swallowing the bracket.
    /// </summary>
    /// <param name="alias">An SQL name.</param>
    public string AsSubquery(string alias)
    {
        var text = new StringBuilder($"(\n{Sql}\n) AS {alias}");
        if (Columns.Count > 0) text.Append('(').AppendJoin(", ", Enumerable.Range(0, Columns.Count).Select(ColumnSql)).Append(')');
        return text.ToString();
    }

    /// <summary>Adds copies of the values, before any others: they are <c>$1</c> to <c>$n</c>.</summary>
    public void AddParameters(NpgsqlParameterCollection parameters)
    {
        foreach (var value in _values) parameters.Add(value.Clone());
        if (_values.Count == 0) parameters.Add(UnusedParameter());
    }

    /// <summary>
    /// With a positional parameter Npgsql passes SQL on as it is; without any it would look for semicolons in it by rules of its own.
    /// PostgreSQL lets a statement have parameters that it does not use.
    /// </summary>
    internal static NpgsqlParameter UnusedParameter() => new NpgsqlParameter<int> { TypedValue = 0 };
}
