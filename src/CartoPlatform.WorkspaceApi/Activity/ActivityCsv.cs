using System.Data;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using CartoPlatform.PostGis.Metadata;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Activity;

/// <summary>Calls as CSV (RFC 4180), row by row as they come from the database.</summary>
internal sealed class ActivityCsv(MetadataDatabase database, ActivityQuery query) : IResult
{
    private const int PieceBytes = 32 * 1_024;
    private const string Header = "at,caller,token_id,user_id,map_id,method,api,operation,connection,source,client,tags,status,cache,duration_ms,rows,bytes\r\n";
    private const int Duration = 14;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, cancellationToken) = (httpContext.Response, httpContext.RequestAborted);
        await database.AskAsync(
            async connection =>
            {
                await using var command = query.CreateCommand(connection);
                await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken);
                response.ContentType = "text/csv; charset=utf-8";
                response.Headers.ContentDisposition = "attachment; filename=\"activity.csv\"";
                await WriteAsync(reader, response.BodyWriter, cancellationToken);
                return true;
            },
            cancellationToken);
    }

    private static async Task WriteAsync(NpgsqlDataReader reader, PipeWriter output, CancellationToken cancellationToken)
    {
        Encoding.UTF8.GetBytes(Header, output);
        var line = new StringBuilder();
        var unsent = 0L;
        while (await reader.ReadAsync(cancellationToken))
        {
            line.Clear();
            for (var column = 0; column < reader.FieldCount; column++) Append(line, column == 0 ? "" : ",", reader, column);
            unsent += Encoding.UTF8.GetBytes(line.Append("\r\n").ToString(), output);
            if (unsent < PieceBytes) continue;
            await output.FlushAsync(cancellationToken);
            unsent = 0;
        }

        await output.FlushAsync(cancellationToken);
    }

    private static void Append(StringBuilder line, string separator, NpgsqlDataReader reader, int column)
    {
        line.Append(separator);
        if (reader.IsDBNull(column)) return;
        switch (reader.GetValue(column))
        {
            case DateTime at:
                line.Append(at.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture));
                break;
            case long microseconds when column == Duration:
                line.Append((microseconds / 1_000.0).ToString("0.###", CultureInfo.InvariantCulture));
                break;
            case string text:
                AppendText(line, text);
                break;
            case IFormattable other:
                line.Append(other.ToString(null, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static void AppendText(StringBuilder line, string text)
    {
        // A label of a caller must not be a formula in somebody's spreadsheet.
        var isFormula = text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..];
        if (!isFormula && text.AsSpan().IndexOfAny("\",\r\n") < 0)
        {
            line.Append(text);
            return;
        }

        line.Append('"').Append(isFormula ? "'" : "").Append(text.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
    }
}
