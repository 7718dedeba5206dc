namespace CartoPlatform.PostGis.Queries;

/// <summary>A place in SQL text where a value goes.</summary>
/// <param name="Start">First character to replace.</param>
/// <param name="End">Behind the last one.</param>
/// <param name="Name">As written, for an error: <c>$2</c>, <c>@name</c>; the n-th <c>?</c> is <c>$n</c>.</param>
/// <param name="Value">What was sent for it; null if nothing was.</param>
internal readonly record struct Placeholder(int Start, int End, string Name, QueryValue? Value);
