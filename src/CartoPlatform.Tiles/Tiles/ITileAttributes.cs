namespace CartoPlatform.Tiles;

/// <summary>Takes the attributes of the row at hand. Columns come in ascending order, each at most once; one that does not come is null.</summary>
public interface ITileAttributes
{
    void Add(int column, ReadOnlySpan<byte> utf8);

    /// <summary>Of a text that is always the same for the same number: whoever writes each text once has no need to compare them.</summary>
    void Add(int column, ReadOnlySpan<byte> utf8, int code) => Add(column, utf8);

    void Add(int column, long value);

    void Add(int column, double value);

    void Add(int column, float value);

    void Add(int column, bool value);
}
