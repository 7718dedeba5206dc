namespace CartoPlatform.Contracts.Activity;

/// <summary>How many rows an answer holds: a feature of the request where the answer was made in this process, and a header where it was known before its first byte.</summary>
public sealed record AnsweredRows(long Count)
{
    public const string Header = "X-Carto-Rows";
}
