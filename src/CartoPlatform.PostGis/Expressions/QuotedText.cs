using System.Globalization;
using System.Text;
using CartoPlatform.PostGis.Queries;

namespace CartoPlatform.PostGis.Expressions;

/// <summary>Names in double quotes and strings, <c>'…'</c> or <c>E'…'</c>: what they stand for.</summary>
internal static class QuotedText
{
    public static ExpressionToken Read(string text, SqlToken token)
    {
        var quoted = token.In(text);
        return quoted[0] switch
        {
            '\'' => new ExpressionToken(ExpressionTokenKind.Text, Undouble(quoted, token.Start), token.Start),
            '"' => new ExpressionToken(ExpressionTokenKind.QuotedName, NonEmpty(Undouble(quoted, token.Start), token.Start), token.Start),
            'e' or 'E' => new ExpressionToken(ExpressionTokenKind.Text, Unescape(quoted[1..], token.Start + 1), token.Start),
            _ => throw new ExpressionException("Strings are written as 'text' or E'text' in expressions", token.Start),
        };
    }

    private static string NonEmpty(string name, int position) =>
        name.Length > 0 ? name : throw new ExpressionException("A name in double quotes is empty", position);

    private static string Undouble(ReadOnlySpan<char> quoted, int position)
    {
        var quote = quoted[0];
        var inner = new StringBuilder();
        for (var index = 1; index < quoted.Length; index++)
        {
            if (quoted[index] == quote)
            {
                if (index + 1 == quoted.Length) return inner.ToString();
                index++;
            }

            inner.Append(quoted[index]);
        }

        throw new ExpressionException("A quote is not closed", position);
    }

    private static string Unescape(ReadOnlySpan<char> quoted, int position)
    {
        var inner = new StringBuilder();
        for (var index = 1; index < quoted.Length; index++)
        {
            if (quoted[index] == '\\' && index + 1 < quoted.Length)
            {
                index = Escape(quoted, index + 1, position, inner);
            }
            else if (quoted[index] != '\'')
            {
                inner.Append(quoted[index]);
            }
            else if (index + 1 == quoted.Length)
            {
                return inner.ToString();
            }
            else if (quoted[++index] == '\'')
            {
                inner.Append('\'');
            }
            else
            {
                throw new ExpressionException("A string that is continued on the next line is not available in expressions", position + index);
            }
        }

        throw new ExpressionException("A quote is not closed", position);
    }

    /// <returns>The index of the escape's last character.</returns>
    private static int Escape(ReadOnlySpan<char> quoted, int index, int position, StringBuilder inner)
    {
        switch (quoted[index])
        {
            case 'b':
                inner.Append('\b');
                return index;
            case 'f':
                inner.Append('\f');
                return index;
            case 'n':
                inner.Append('\n');
                return index;
            case 'r':
                inner.Append('\r');
                return index;
            case 't':
                inner.Append('\t');
                return index;
            case 'u':
                return CodePoint(quoted, index, digits: 4, position, inner);
            case 'U':
                return CodePoint(quoted, index, digits: 8, position, inner);
            case 'x' or (>= '0' and <= '7'):
                throw new ExpressionException("Bytes cannot be escaped in expressions: write the character, or \\u and its code", position + index);
            default:
                inner.Append(quoted[index]);
                return index;
        }
    }

    private static int CodePoint(ReadOnlySpan<char> quoted, int index, int digits, int position, StringBuilder inner)
    {
        var end = index + 1 + digits;
        if (end > quoted.Length
            || !int.TryParse(quoted[(index + 1)..end], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            || code == 0
            || !Rune.IsValid(code))
            throw new ExpressionException("An escaped code is not a Unicode character", position + index);

        inner.Append(new Rune(code));
        return end - 1;
    }
}
