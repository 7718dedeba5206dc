using CartoPlatform.Contracts.Maps;
using CartoPlatform.SqlApi.Values;

namespace CartoPlatform.SqlApi.Results;

/// <summary>A column of an answer.</summary>
/// <param name="Field">Its name, unique in the answer, and its type in the words of the API.</param>
/// <param name="JsonName">The name as a JSON string, in UTF-8.</param>
/// <param name="TypeName">The type's name in PostgreSQL's catalogue, of what the column is sent as.</param>
/// <param name="Format">How its values are written.</param>
/// <param name="IsText">Whether its values are asked for as text: types without a form of their own.</param>
internal sealed record ResultColumn(FieldSchema Field, byte[] JsonName, string TypeName, ValueFormat Format, bool IsText);
