namespace CartoPlatform.Cli.Checks;

internal enum Outcome
{
    Passed,

    /// <summary>Something is missing that most can do without.</summary>
    Noted,
    Failed,
}

/// <summary>One line of <c>./carto doctor</c>; one that did not pass says how to mend it.</summary>
internal sealed record Check(Outcome Outcome, string Subject, string Finding)
{
    public static Check Pass(string subject, string finding) => new(Outcome.Passed, subject, finding);

    public static Check Note(string subject, string finding) => new(Outcome.Noted, subject, finding);

    public static Check Fail(string subject, string finding) => new(Outcome.Failed, subject, finding);

    public override string ToString() => $"{Word,-5} {Subject,-12} {Finding}";

    private string Word => Outcome switch
    {
        Outcome.Passed => "ok",
        Outcome.Noted => "note",
        _ => "FAIL",
    };
}
