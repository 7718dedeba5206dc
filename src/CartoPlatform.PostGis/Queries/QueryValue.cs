using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace CartoPlatform.PostGis.Queries;

/// <summary>One way to send a value: as a declared type, or (null) as text whose type PostgreSQL infers from where it stands.</summary>
internal readonly record struct ValueForm(string? DataTypeName, object? Value)
{
    public NpgsqlParameter ToParameter() => DataTypeName is null
        ? new NpgsqlParameter { Value = Value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Unknown }
        : new NpgsqlParameter { Value = Value ?? DBNull.Value, DataTypeName = DataTypeName };
}

/// <summary>
/// A value of <c>queryParameters</c> in the forms it can be sent, the one that keeps its JSON type first: a number is typed as PostgreSQL
/// types a constant, a text is left to be inferred, an object is jsonb. The others are for places that the first does not fit
/// (a number compared with a text column, a text where nothing says which type).
/// </summary>
internal sealed class QueryValue
{
    private QueryValue(params IReadOnlyList<ValueForm> forms)
    {
        Forms = forms;
    }

    public IReadOnlyList<ValueForm> Forms { get; }

    /// <param name="json">The value.</param>
    /// <param name="placeholder">Its name in an error.</param>
    /// <param name="value">What was read.</param>
    /// <param name="error">A sentence for the caller.</param>
    public static bool TryRead(
        JsonElement json, string placeholder, [NotNullWhen(true)] out QueryValue? value, [NotNullWhen(false)] out string? error)
    {
        value = json.ValueKind switch
        {
            JsonValueKind.Number => Number(json),
            JsonValueKind.True or JsonValueKind.False => new(new ValueForm("boolean", json.GetBoolean()), new ValueForm(null, json.GetRawText())),
            JsonValueKind.String => Text(json),
            JsonValueKind.Array => Array(json),
            JsonValueKind.Object => new(new ValueForm("jsonb", json.GetRawText()), new ValueForm(null, json.GetRawText())),
            _ => new(new ValueForm(null, null), new ValueForm("text", null)),
        };
        error = value is null ? $"The value of {placeholder} is out of range or not valid Unicode" : null;
        return value is not null;
    }

    private static QueryValue? Number(JsonElement json) =>
        JsonNumber.TryRead(json.GetRawText(), out var number)
            ? new(new ValueForm(number.TypeName, number.Value), new ValueForm(null, json.GetRawText()))
            : null;

    private static QueryValue? Text(JsonElement json) =>
        JsonText.TryRead(json, out var text) && !text.Contains('\0', StringComparison.Ordinal)
            ? new(new ValueForm(null, text), new ValueForm("text", text))
            : null;

    private static QueryValue? Array(JsonElement json)
    {
        if (!JsonArray.TryRead(json, out var array)) return null;

        var forms = new List<ValueForm>(3);
        if (array.Values is not null) forms.Add(new ValueForm(array.TypeName, array.Values));
        forms.Add(new ValueForm("jsonb", json.GetRawText()));
        if (array.Literal is not null) forms.Add(new ValueForm(null, array.Literal));
        return new(forms);
    }
}
