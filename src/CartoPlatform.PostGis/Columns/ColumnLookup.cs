namespace CartoPlatform.PostGis.Columns;

public static class ColumnLookup
{
    /// <summary>The column of this name: exactly first, then without regard to case; null if there is none, or more than one by case.</summary>
    public static Column? Find(IReadOnlyList<Column> columns, string name)
    {
        foreach (var column in columns)
        {
            if (string.Equals(column.Name, name, StringComparison.Ordinal)) return column;
        }

        Column? found = null;
        foreach (var column in columns)
        {
            if (!string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase)) continue;
            if (found is not null) return null;
            found = column;
        }

        return found;
    }
}
