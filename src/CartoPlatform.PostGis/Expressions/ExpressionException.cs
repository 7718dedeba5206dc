using System.Globalization;

namespace CartoPlatform.PostGis.Expressions;

/// <summary>A user's expression is not one that can be run; the message is a sentence for that user.</summary>
public sealed class ExpressionException : Exception
{
    internal ExpressionException(string sentence, int position)
        : base(string.Create(CultureInfo.InvariantCulture, $"{sentence} (at character {position + 1})")) => Position = position;

    /// <summary>Where in the text, counted from 0.</summary>
    public int Position { get; }
}
