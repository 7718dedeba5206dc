using System.Diagnostics.CodeAnalysis;

namespace CartoPlatform.Tiles.Snapshots;

/// <summary>Texts of an attribute: as numbers of different ones while those are few, and in full from then on.</summary>
internal sealed class TextColumnBuilder : ColumnBuilder
{
    private const int MaxCodes = 4_096;

    private readonly Dictionary<byte[], ushort> _codeOf = new(TextComparer.Instance);
    private readonly List<byte[]> _texts = [];
    private readonly Chunks<ushort> _codes = new();
    private readonly Chunks<byte> _bytes = new();
    private readonly Chunks<int> _ends = new();
    private bool _isCoded = true;

    public override long Bytes => _isCoded ? Count * (long)sizeof(ushort) : Count * (long)sizeof(int) + _bytes.Count;

    public void Add(ReadOnlySpan<byte> utf8)
    {
        if (_isCoded) AddCode(utf8);
        else AddText(utf8);
        Note();
    }

    protected override void AddDefault()
    {
        if (_isCoded) _codes.Add(0);
        else AddText([]);
    }

    protected override SnapshotColumn Build(ReadOnlySpan<int> order, SpareChunks spare, ulong[]? present)
    {
        if (_isCoded) return new CodedTextColumn(_codes.Permute(order, spare), [.. _texts, .. _texts.Count == 0 ? [[]] : Array.Empty<byte[]>()], present);
        var (ends, bytes, length) = (new int[order.Length], GC.AllocateUninitializedArray<byte>(_bytes.Count), 0);
        for (var i = 0; i < order.Length; i++)
        {
            var start = order[i] == 0 ? 0 : _ends[order[i] - 1];
            var text = bytes.AsSpan(length, _ends[order[i]] - start);
            _bytes.CopyTo(start, text);
            ends[i] = length += text.Length;
        }

        return new TextColumn(ends, bytes, present);
    }

    private void AddCode(ReadOnlySpan<byte> utf8)
    {
        var lookup = _codeOf.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!lookup.TryGetValue(utf8, out var code))
        {
            if (_texts.Count == MaxCodes)
            {
                Spell();
                AddText(utf8);
                return;
            }

            code = (ushort)_texts.Count;
            _texts.Add(utf8.ToArray());
            _codeOf.Add(_texts[code], code);
        }

        _codes.Add(code);
    }

    // A null has the code of the first text, and is a null all the same.
    private void Spell()
    {
        for (var row = 0; row < _codes.Count; row++) AddText(_texts[_codes[row]]);
        _isCoded = false;
    }

    private void AddText(ReadOnlySpan<byte> utf8)
    {
        _bytes.AddRange(utf8);
        _ends.Add(_bytes.Count);
    }

    private sealed class TextComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly TextComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        // Seeded: nobody can choose texts that all have one.
        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
