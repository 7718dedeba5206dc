using System.Data;
using System.Globalization;
using CartoPlatform.Contracts.Maps;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.PostGis.Types;
using CartoPlatform.SqlApi.Values;
using Npgsql;

namespace CartoPlatform.SqlApi.Results;

/// <summary>The statement that is sent to the database for a caller's, and how its result is to be read.</summary>
/// <param name="Query">The caller's statement.</param>
/// <param name="Sql">What is sent.</param>
/// <param name="Columns">Of the result.</param>
internal sealed record ResultStatement(DescribedQuery Query, string Sql, IReadOnlyList<ResultColumn> Columns)
{
    private bool TakesRowLimit { get; init; }

    /// <summary>Whether each row holds, behind the columns, how many rows there are.</summary>
    public bool IsCounted { get; private init; }

    /// <summary>A statement that reads, as a subquery: nothing else can stand there.</summary>
    public static ResultStatement Read(DescribedQuery query)
    {
        var sql = $"SELECT {ColumnsSql(query)}\nFROM {query.AsSubquery("q")}\nLIMIT {LimitSql(query)} {Types(query)}";
        return new(query, sql, ColumnsOf(query, isWrapped: true)) { TakesRowLimit = true };
    }

    /// <summary>
    /// The same with the number of rows in each, so that too many are known before the first is written. For statements whose rows are
    /// few or made before the first comes, as groups are: the database keeps all of them.
    /// </summary>
    public static ResultStatement ReadCounted(DescribedQuery query)
    {
        var sql = $"SELECT {ColumnsSql(query)}, count(*) OVER ()\nFROM (SELECT * FROM {query.AsSubquery("q")}\nLIMIT {LimitSql(query)}) AS q {Types(query)}";
        return new(query, sql, ColumnsOf(query, isWrapped: true)) { TakesRowLimit = true, IsCounted = true };
    }

    /// <summary>A statement that may write and tell what it wrote (<c>INSERT … RETURNING</c>), as a common table expression.</summary>
    public static ResultStatement Write(DescribedQuery query)
    {
        var names = Enumerable.Range(0, query.Columns.Count).Select(DescribedQuery.ColumnSql);
        return new(
            query,
            $"WITH q({string.Join(", ", names)}) AS (\n{query.Sql}\n) SELECT {ColumnsSql(query)} FROM q {Types(query)}",
            ColumnsOf(query, isWrapped: true));
    }

    /// <summary>A statement that cannot be part of another.</summary>
    public static ResultStatement AsItIs(DescribedQuery query) => new(query, query.Sql, ColumnsOf(query, isWrapped: false));

    /// <param name="connection">The connection to run on.</param>
    /// <param name="maxRows">One row more than this is asked for, to tell a result that was cut from one that ends here.</param>
    public NpgsqlCommand CreateCommand(NpgsqlConnection connection, int maxRows)
    {
        var command = new NpgsqlCommand(Sql, connection);
        Query.AddParameters(command.Parameters);
        if (TakesRowLimit) command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = maxRows + 1L });
        command.UnknownResultTypeList = [.. Columns.Select(column => column.IsText), .. IsCounted ? [false] : Array.Empty<bool>()];
        return command;
    }

    /// <summary>Whether PostgreSQL takes the statement in this form; it is not run.</summary>
    public async Task<bool> IsAcceptedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = CreateCommand(connection, maxRows: 0);
            await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SchemaOnly, cancellationToken);
            return true;
        }
        catch (PostgresException)
        {
            return false;
        }
    }

    // Npgsql prepares texts that come often, and PostgreSQL refuses a prepared statement whose result has changed its types: new types, new text.
    private static string Types(DescribedQuery query) =>
        $"/* {string.Join(',', query.Types.Select(type => type.Oid.ToString(CultureInfo.InvariantCulture)))} */";

    private static string LimitSql(DescribedQuery query) => string.Create(CultureInfo.InvariantCulture, $"${query.ParameterCount + 1}");

    private static string ColumnsSql(DescribedQuery query) =>
        string.Join(", ", query.Types.Select((type, index) => ColumnSql(DescribedQuery.ColumnSql(index), type)));

    private static string ColumnSql(string column, PostgresTypeInfo type)
    {
        var element = type.Element ?? type;
        if (element.IsComposite) return $"pg_catalog.to_json({column})";
        if (IsSpatial(element)) return type.Element is null ? GeometrySql.ToWgs84(column, type) : GeometrySql.ToWgs84Array(column, element);

        // Elements without a form of their own become text one by one.
        return type.Element is not null && ValueFormats.Find(type) is null ? $"{column}::pg_catalog.text[]" : column;
    }

    private static bool IsSpatial(PostgresTypeInfo type) => type.Name is "geometry" or "geography" && type.Schema != "pg_catalog";

    private static List<ResultColumn> ColumnsOf(DescribedQuery query, bool isWrapped)
    {
        var names = ColumnNames.MakeUnique(query.Columns.Select(column => column.Name));
        return [.. query.Types.Select((type, index) => ColumnOf(query, index, names[index], type, isWrapped))];
    }

    private static ResultColumn ColumnOf(DescribedQuery query, int index, string name, PostgresTypeInfo type, bool isWrapped)
    {
        var isObject = isWrapped && (type.Element ?? type).IsComposite;
        var format = isObject ? JsonFormats.Json : ValueFormats.Find(type);
        if (format is null && isWrapped && type.Element is not null) format = new ArrayFormat(ValueFormats.Text).Write;
        var field = isObject ? new FieldSchema(name, FieldType.Object) : query.Columns[index].ToFieldSchema() with { Name = name };
        return new ResultColumn(field, JsonString.Encode(name), type.Name, format ?? ValueFormats.Text, IsText: format is null);
    }
}
