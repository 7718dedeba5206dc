namespace CartoPlatform.Contracts.Maps;

/// <summary>A column in the words of the API; <see cref="Type"/> is one of <see cref="FieldType"/>.</summary>
public sealed record FieldSchema(string Name, string Type);
