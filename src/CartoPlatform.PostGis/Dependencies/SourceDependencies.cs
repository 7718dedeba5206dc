namespace CartoPlatform.PostGis.Dependencies;

/// <summary>What the rows of a source depend on, as far as it can be known.</summary>
/// <param name="Relations">Oids of the relations that are or may be read, parts of the catalogue included.</param>
/// <param name="Names">The same for people: <c>schema.name</c>; cut where there are very many.</param>
/// <param name="IsVolatile">It depends on the time, on chance, or on what nobody watches.</param>
/// <param name="IsOpaque">It calls something that may read more than is known.</param>
internal sealed record SourceDependencies(IReadOnlyCollection<uint> Relations, IReadOnlyList<string> Names, bool IsVolatile, bool IsOpaque)
{
    public static SourceDependencies None { get; } = new([], [], IsVolatile: false, IsOpaque: false);
}
