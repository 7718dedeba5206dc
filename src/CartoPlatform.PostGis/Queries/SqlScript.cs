using System.Diagnostics.CodeAnalysis;

namespace CartoPlatform.PostGis.Queries;

/// <summary>
/// Statements of a caller that run one after the other in one transaction, with the values of their placeholders. None of them is about
/// the session or that transaction, so that only who runs the script ends it.
/// </summary>
public sealed record SqlScript(IReadOnlyList<BoundQuery> Statements)
{
    /// <param name="text">SQL of a caller.</param>
    /// <param name="parameters">Each statement takes its placeholders' values from all of them.</param>
    /// <param name="script">What was read.</param>
    /// <param name="error">A sentence for the caller.</param>
    public static bool TryParse(
        string? text, QueryParameters parameters, [NotNullWhen(true)] out SqlScript? script, [NotNullWhen(false)] out string? error)
    {
        script = null;
        if (!SqlText.TryParseScript(text, out var statements, out error)) return false;

        var bound = new List<BoundQuery>(statements.Count);
        foreach (var statement in statements)
        {
            if (SessionStatement.Is(statement.Text))
            {
                error = "Statements about the session or its transaction (SET, BEGIN, COMMIT, LISTEN, …) cannot be run here: the whole text is one transaction";
                return false;
            }

            if (!statement.TryBind(parameters, out var query, out error)) return false;
            bound.Add(query);
        }

        script = new SqlScript(bound);
        return true;
    }
}
