using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using static CartoPlatform.PostGis.Expressions.ExpressionNode;

namespace CartoPlatform.PostGis.Expressions;

/// <summary>Names of types, after <c>CAST(x AS</c>, after <c>::</c>, and before a text: <c>DATE '2024-01-01'</c>.</summary>
internal sealed class TypeParser(TokenReader tokens)
{
    public ExpressionType Parse()
    {
        var start = tokens.Current;
        if (start.Kind != ExpressionTokenKind.Word) throw tokens.Unexpected("The name of a type");
        var name = ReadName();
        var type = ExpressionType.Find(name)
            ?? throw new ExpressionException($"Expressions cannot cast to the type {ExpressionLexer.Shown(name)}", start.Position);
        return tokens.Current.IsSymbol("(") ? type with { Modifier = ReadModifier(type) } : type;
    }

    /// <summary>A text of a type that is named before it. A column may have such a name too, so that only the text tells.</summary>
    public bool TryTypedText([NotNullWhen(true)] out ExpressionNode? typed)
    {
        typed = null;
        if (tokens.Current.Folded is not ("date" or "timestamp" or "timestamptz" or "time" or "interval")) return false;
        var isZoned = tokens.Next is { Kind: ExpressionTokenKind.Word, Folded: "with" or "without" };
        if (!isZoned && tokens.Next.Kind != ExpressionTokenKind.Text) return false;

        var type = Parse();
        if (tokens.Current.Kind != ExpressionTokenKind.Text) throw tokens.Unexpected("A text");
        typed = new Cast(tokens.Made(new Text(tokens.Take().Text)), type);
        return true;
    }

    private string ReadName()
    {
        var name = tokens.Take().Folded;
        if (name == "double" && tokens.TryWord("precision")) return "double precision";
        if (name == "character" && tokens.TryWord("varying")) return "character varying";
        if (name is not ("timestamp" or "time")) return name;

        var zone = tokens.TryWord("with") ? "with" : tokens.TryWord("without") ? "without" : null;
        if (zone is null) return name;
        tokens.ExpectWord("time");
        tokens.ExpectWord("zone");
        return $"{name} {zone} time zone";
    }

    private string ReadModifier(ExpressionType type)
    {
        // No type takes more; which of these it takes is for the database to say.
        const int MaxDigits = 5;
        var start = tokens.Take();
        var numbers = new List<string>();
        do
        {
            var token = tokens.Take();
            if (token.Kind != ExpressionTokenKind.Number || token.Text.Length > MaxDigits || !int.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                throw new ExpressionException("The modifier of a type is a small whole number", token.Position);
            numbers.Add(token.Text);
        }
        while (tokens.TrySymbol(","));
        tokens.ExpectSymbol(")");
        if (numbers.Count > type.MaxModifiers) throw new ExpressionException($"The type {type.Name} has no such modifier", start.Position);
        return $"({string.Join(',', numbers)})";
    }
}
