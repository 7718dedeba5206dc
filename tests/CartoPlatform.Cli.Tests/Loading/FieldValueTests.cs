using CartoPlatform.Cli.Loading;

namespace CartoPlatform.Cli.Tests.Loading;

public sealed class FieldValueTests
{
    [Theory]
    [InlineData("", "Null")]
    [InlineData("0", "Integer")]
    [InlineData("-12", "Integer")]
    [InlineData(" 12", "Integer")]
    [InlineData("9007199254740992", "Integer")]
    [InlineData("9007199254740993", "LongInteger")]
    [InlineData("-9007199254740993", "LongInteger")]
    [InlineData("9223372036854775807", "LongInteger")]
    [InlineData("9223372036854775808", "Numeric")]
    [InlineData("1.5", "Double")]
    [InlineData("-1e10", "Double")]
    [InlineData("1e999", "Numeric")]
    [InlineData("0.12345678901234567", "Double")]
    [InlineData("-1234567890.1234567", "Double")]
    [InlineData("0.123456789012345678", "Numeric")]
    [InlineData("1234567890.12345678", "Numeric")]
    [InlineData("-1.23456789012345678e5", "Numeric")]
    [InlineData("0.00000000000000000000000012", "Double")]
    [InlineData("1.0000000000000000000000", "Double")]
    [InlineData("00123", "Text")]
    [InlineData("+1", "Text")]
    [InlineData("1.", "Text")]
    [InlineData("0x10", "Text")]
    [InlineData("1,5", "Text")]
    [InlineData("NaN", "Text")]
    [InlineData("Infinity", "Text")]
    [InlineData("true", "Boolean")]
    [InlineData("FALSE", "Boolean")]
    [InlineData("yes", "Text")]
    [InlineData("2024-02-29", "Date")]
    [InlineData("2023-02-29", "Text")]
    [InlineData("2024/05/01", "Date")]
    [InlineData("2024-05-01T10:00", "Timestamp")]
    [InlineData("2024-05-01 10:00:00.123+02", "Timestamp")]
    [InlineData("2024-05-01T10:00:00Z", "Timestamp")]
    [InlineData("2024-05-01T25:00:00Z", "Text")]
    [InlineData("01.05.2024", "Text")]
    [InlineData("05/01/2024", "Text")]
    [InlineData("2024", "Integer")]
    [InlineData("   ", "Text")]
    [InlineData("Zürich", "Text")]
    public void Text_is_what_it_looks_like(string text, string kind)
    {
        var value = FieldValue.FromText(text);

        Assert.Equal(Enum.Parse<FieldKind>(kind), value.Kind);
        Assert.Equal(text, value.Text);
    }

    [Theory]
    [InlineData("Null", "Integer", "Integer")]
    [InlineData("Integer", "Null", "Integer")]
    [InlineData("Integer", "Double", "Double")]
    [InlineData("Double", "Numeric", "Numeric")]
    [InlineData("Integer", "LongInteger", "LongInteger")]
    [InlineData("LongInteger", "Integer", "LongInteger")]
    [InlineData("LongInteger", "Double", "Numeric")]
    [InlineData("Double", "LongInteger", "Numeric")]
    [InlineData("LongInteger", "Text", "Text")]
    [InlineData("Date", "Timestamp", "Timestamp")]
    [InlineData("Boolean", "Integer", "Text")]
    [InlineData("Json", "Text", "Text")]
    [InlineData("Json", "Json", "Json")]
    [InlineData("Date", "Integer", "Text")]
    [InlineData("Text", "Integer", "Text")]
    public void Column_is_wide_enough_for_all_its_values(string first, string second, string expected)
    {
        Assert.Equal(Enum.Parse<FieldKind>(expected), FieldKinds.Widen(Enum.Parse<FieldKind>(first), Enum.Parse<FieldKind>(second)));
    }
}
