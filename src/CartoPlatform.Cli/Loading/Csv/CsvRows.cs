using System.Runtime.CompilerServices;
using System.Text.Unicode;
using CsvHelper;

namespace CartoPlatform.Cli.Loading.Csv;

/// <summary>Text with a header and parted fields: commas, semicolons, tabs or bars; UTF-8, or UTF-16 with its mark.</summary>
internal sealed class CsvRows(string path) : IRowSource
{
    private readonly SourceFile _file = new(path);

    public string Path => path;

    public int Srid => 4326;

    public bool HasPlaces { get; private set; }

    public double Progress => _file.Progress;

    public async IAsyncEnumerable<SourceRow> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var reader = CsvReader.Create(_file.Open(), Options(), leaveOpen: false);
        if (!await NextAsync(reader, cancellationToken))
            yield break;

        var header = CsvHeader.Read(Record(reader));
        HasPlaces = header.Geometry is not null;
        while (await NextAsync(reader, cancellationToken))
        {
            var fields = Record(reader);
            if (fields.Length != header.Names.Count)
                throw new LoadException(path, reader.LineNumber, $"{fields.Length} fields were found where the header has {header.Names.Count}.");

            yield return header.Row(path, reader.LineNumber, fields);
        }
    }

    private CsvReaderOptions Options() => new()
    {
        // Read as a record, so that its mistakes have a line too.
        HasHeader = false,
        TrackLineNumbers = true,
        DetectSeparatorHint = true,
        MaxRecordSize = 1 << 30,
        OnMalformedRecord = malformed =>
        {
            // 5" of snow in a field without quotation marks means what it says.
            if (malformed.Reason is CsvMalformedReason.UnterminatedQuote or CsvMalformedReason.TextAfterClosingQuote)
                throw new LoadException(path, malformed.LineNumber, "a field in quotation marks does not end where it should: double the marks inside it.");
        },
    };

    private async Task<bool> NextAsync(CsvReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken);
        }
        catch (CsvFormatException exception)
        {
            throw new LoadException(path, exception.LineNumber > 0 ? exception.LineNumber : null, "this is not valid CSV, or one row is larger than 1 GB.");
        }
        catch (InvalidDataException)
        {
            throw new LoadException(path, null, "the packed file is damaged.");
        }
    }

    private string[] Record(CsvReader reader)
    {
        var fields = new string[reader.FieldCount];
        for (var column = 0; column < fields.Length; column++)
        {
            if (!Utf8.IsValid(reader.GetSpan(column)))
                throw new LoadException(path, reader.LineNumber, "the text is not UTF-8: convert the file first (iconv -f latin1 -t utf8).");

            fields[column] = reader.GetString(column);
        }

        return fields;
    }
}
