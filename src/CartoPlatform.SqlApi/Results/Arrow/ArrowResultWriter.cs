using Apache.Arrow;
using Apache.Arrow.Ipc;
using CartoPlatform.SqlApi.Values;

namespace CartoPlatform.SqlApi.Results.Arrow;

/// <summary>An Arrow IPC stream: the schema, then record batches as rows come. What was cut has no end mark.</summary>
internal sealed class ArrowResultWriter : IResultWriter, IDisposable
{
    // A batch is what is held in memory: large enough for readers to work by columns.
    private const int MaxBatchRows = 16_384;
    private const int MaxBatchBytes = 1_024 * 1_024;

    private readonly Utf8BufferStream _stream = new();
    private ArrowColumn[] _columns = [];
    private ArrowStreamWriter? _writer;
    private Schema? _schema;
    private int _rows;
    private long _bytes;

    public string ContentType => "application/vnd.apache.arrow.stream";

    public void Begin(IReadOnlyList<ResultColumn> columns, Utf8Buffer output)
    {
        _columns = [.. columns.Select(ArrowColumns.Create)];
        _schema = new Schema(
            columns.Select((column, index) => new Field(column.Field.Name, _columns[index].Type, nullable: true, ArrowColumns.MetadataOf(column))), metadata: null);
        _stream.Target = output;
        _writer = new ArrowStreamWriter(_stream, _schema, leaveOpen: true);
        _writer.WriteStart();
    }

    public void WriteRow(ResultRow row, Utf8Buffer output)
    {
        for (var index = 0; index < _columns.Length; index++)
        {
            if (row.TryGet(index, out var value)) _columns[index].Append(value);
            else _columns[index].AppendNull();
            _bytes += value.Length + sizeof(int);
        }

        if (++_rows == MaxBatchRows || _bytes >= MaxBatchBytes) WriteBatch();
    }

    public void End(Utf8Buffer output)
    {
        if (_rows > 0) WriteBatch();
        _writer?.WriteEnd();
    }

    public void Dispose()
    {
        _writer?.Dispose();
        _stream.Dispose();
        foreach (var column in _columns.OfType<IDisposable>()) column.Dispose();
    }

    private void WriteBatch()
    {
        using var batch = new RecordBatch(_schema, _columns.Select(column => column.Take()), _rows);
        _writer?.WriteRecordBatch(batch);
        (_rows, _bytes) = (0, 0);
    }
}
