namespace CartoPlatform.Cli.Loading;

/// <summary>What a value looks like, and so what a column of such values becomes.</summary>
internal enum FieldKind
{
    /// <summary>Says nothing about the column.</summary>
    Null,
    Boolean,
    Integer,

    /// <summary>A whole number of 64 bits that a double does not hold.</summary>
    LongInteger,
    Double,

    /// <summary>A number that neither bigint nor double precision holds with all its digits.</summary>
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
            return WidenNumbers((FieldKind)Math.Min((int)first, (int)second), (FieldKind)Math.Max((int)first, (int)second));
        if (first is FieldKind.Date or FieldKind.Timestamp && second is FieldKind.Date or FieldKind.Timestamp)
            return FieldKind.Timestamp;
        return FieldKind.Text;
    }

    public static string SqlType(this FieldKind kind) => kind switch
    {
        FieldKind.Boolean => "boolean",
        FieldKind.Integer or FieldKind.LongInteger => "bigint",
        FieldKind.Double => "double precision",
        FieldKind.Numeric => "numeric",
        FieldKind.Date => "date",
        FieldKind.Timestamp => "timestamptz",
        FieldKind.Json => "jsonb",
        _ => "text",
    };

    private static FieldKind WidenNumbers(FieldKind narrow, FieldKind wide) =>
        narrow == FieldKind.LongInteger && wide == FieldKind.Double ? FieldKind.Numeric : wide;

    private static bool IsNumber(FieldKind kind) => kind is FieldKind.Integer or FieldKind.LongInteger or FieldKind.Double or FieldKind.Numeric;
}
