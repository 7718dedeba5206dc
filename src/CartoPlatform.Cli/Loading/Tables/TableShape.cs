namespace CartoPlatform.Cli.Loading.Tables;

/// <summary>The columns of a file, learned from all of it: the last row may hold the one value that is not a number.</summary>
internal sealed class TableShape
{
    /// <summary>PostgreSQL allows 1,600 columns of small types, fewer of others.</summary>
    private const int MostColumns = 1_500;

    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];
    private readonly List<FieldKind> _kinds = [];

    private TableShape()
    {
    }

    public long Rows { get; private set; }

    public IReadOnlyList<string> Columns { get; private set; } = [];

    public static async Task<TableShape> LearnAsync(IRowSource source, Action<double> progress, CancellationToken cancellationToken)
    {
        var shape = new TableShape();
        await foreach (var row in source.ReadAsync(cancellationToken))
        {
            shape.Add(row, source.Path);
            progress(source.Progress);
        }

        if (shape.Rows == 0)
            throw new LoadException(source.Path, null, "there are no rows in it.");

        shape.Columns = ColumnNames.For(shape._names);
        return shape;
    }

    public int IndexOf(string name) => _indexes[name];

    public string SqlType(int column) => _kinds[column].SqlType();

    private void Add(SourceRow row, string path)
    {
        Rows++;
        foreach (var (name, value) in row.Fields)
        {
            if (!_indexes.TryGetValue(name, out var index))
            {
                index = _names.Count;
                _indexes[name] = index;
                _names.Add(name);
                _kinds.Add(FieldKind.Null);
                if (index == MostColumns)
                    throw new LoadException(path, row.Line, $"there are more than {MostColumns} columns: keep many attributes in one column of JSON.");
            }

            _kinds[index] = FieldKinds.Widen(_kinds[index], value.Kind);
        }
    }
}
