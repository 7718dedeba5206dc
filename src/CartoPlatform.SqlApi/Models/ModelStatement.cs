namespace CartoPlatform.SqlApi.Models;

/// <summary>The statement of a model, and how its result becomes the answer.</summary>
/// <param name="Sql">Its columns, in order: the one of <see cref="Metadata"/> if any, the mark of a page if it is one, then the values.</param>
/// <param name="Keys">What the values are called in the answer.</param>
internal sealed record ModelStatement(string Sql, IReadOnlyList<string> Keys)
{
    /// <summary>A member of <c>metadata</c> that the first column holds, the same in each row; null means it is absent.</summary>
    public string? Metadata { get; init; }

    /// <summary>
    /// How many of the first values name something. Integers beyond 2^53 are texts there, as in rows; all other values are numbers, which
    /// a widget computes with.
    /// </summary>
    public int NameCount { get; init; }

    /// <summary>There is always a row, for the metadata's sake: the second column is null in one that is none.</summary>
    public bool IsPage { get; init; }

    /// <summary>A user's expression is part of it (<see cref="RelationGuard"/>).</summary>
    public bool HoldsExpression { get; init; }

    /// <summary>A key whose distinct values are listed as <c>metadata.categories</c>.</summary>
    public string? Categories { get; init; }
}
