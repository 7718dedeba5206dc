namespace CartoPlatform.PostGis.Columns;

public static class ColumnLookup
{
    /// <summary>The column of this name: exactly first, then without regard to case; null if there is none, or more than one by case.</summary>
    public static Column? Find(IReadOnlyList<Column> columns, string name) => Find(columns, name, static column => column);

    /// <summary>The same of what stands for columns.</summary>
    internal static T? Find<T>(IReadOnlyList<T> items, string name, Func<T, Column> columnOf)
        where T : class
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (string.Equals(columnOf(items[i]).Name, name, StringComparison.Ordinal)) return items[i];
        }

        T? found = null;
        foreach (var item in items)
        {
            if (!string.Equals(columnOf(item).Name, name, StringComparison.OrdinalIgnoreCase)) continue;
            if (found is not null) return null;
            found = item;
        }

        return found;
    }
}
