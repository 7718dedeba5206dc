namespace CartoPlatform.PostGis.Expressions;

/// <param name="Alias">Exactly as written, or made up where there is none; unique in its list without regard to case.</param>
/// <param name="Expression">What it names.</param>
public sealed record NamedExpression(string Alias, AggregateExpression Expression);
