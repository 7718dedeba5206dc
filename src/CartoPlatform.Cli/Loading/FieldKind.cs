namespace CartoPlatform.Cli.Loading;

/// <summary>What a value looks like, and so what a column of such values becomes.</summary>
internal enum FieldKind
{
    /// <summary>Says nothing about the column.</summary>
    Null,
    Boolean,
    Integer,
    Double,

    /// <summary>A number that neither bigint nor double precision holds.</summary>
    Numeric,
    Date,
    Timestamp,
    Json,
    Text,
}

internal static class FieldKinds
{
    /// <summary>The kind that holds values of both without loss.</summary>
    public static FieldKind Widen(FieldKind first, FieldKind second)
    {
        if (first == second || second == FieldKind.Null)
            return first;
        if (first == FieldKind.Null)
            return second;
        if (IsNumber(first) && IsNumber(second))
            return (FieldKind)Math.Max((int)first, (int)second);
        if (first is FieldKind.Date or FieldKind.Timestamp && second is FieldKind.Date or FieldKind.Timestamp)
            return FieldKind.Timestamp;
        return FieldKind.Text;
    }

    public static string SqlType(this FieldKind kind) => kind switch
    {
        FieldKind.Boolean => "boolean",
        FieldKind.Integer => "bigint",
        FieldKind.Double => "double precision",
        FieldKind.Numeric => "numeric",
        FieldKind.Date => "date",
        FieldKind.Timestamp => "timestamptz",
        FieldKind.Json => "jsonb",
        _ => "text",
    };

    private static bool IsNumber(FieldKind kind) => kind is FieldKind.Integer or FieldKind.Double or FieldKind.Numeric;
}
