using CartoPlatform.SqlApi.Values;

namespace CartoPlatform.SqlApi.Results;

/// <summary>One output format of a result. Writers keep what they need of one answer; each answer has its own.</summary>
internal interface IResultWriter
{
    string ContentType { get; }

    void Begin(IReadOnlyList<ResultColumn> columns, Utf8Buffer output);

    void WriteRow(ResultRow row, Utf8Buffer output);

    void End(Utf8Buffer output);
}
