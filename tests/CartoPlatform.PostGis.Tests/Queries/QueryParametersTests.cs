using System.Text.Json;
using CartoPlatform.PostGis.Queries;

namespace CartoPlatform.PostGis.Tests.Queries;

public sealed class QueryParametersTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\"\"")]
    [InlineData("\"[1]\"")]
    [InlineData("[null, true, 1, -0, 1.5e3, \"x\", [1, [2]], [], {\"a\": {}}]")]
    [InlineData("{\"a\": 1, \"a\": 2, \"\": 3}")]
    public void Array_object_or_nothing_is_read(string? json) => Assert.True(QueryParameters.TryParse(json, out _, out _));

    [Theory]
    [InlineData("1", "queryParameters must be a JSON array or object")]
    [InlineData("true", "queryParameters must be a JSON array or object")]
    [InlineData("\"1\"", "queryParameters must be a JSON array or object")]
    [InlineData("[1", "queryParameters is not valid JSON")]
    [InlineData("{'a':1}", "queryParameters is not valid JSON")]
    [InlineData("[1e999]", "The value of $1 is out of range or not valid Unicode")]
    [InlineData("[1, [1e999]]", "The value of $2 is out of range or not valid Unicode")]
    [InlineData("[\"\\u0000\"]", "The value of $1 is out of range or not valid Unicode")]
    [InlineData("{\"a\": \"\\ud800\"}", "The value of @a is out of range or not valid Unicode")]
    [InlineData("{\"a\": [[\"\\ud800\"]]}", "The value of @a is out of range or not valid Unicode")]
    [InlineData("{\"\\ud800\": 1}", "A name in queryParameters is not valid Unicode")]
    public void What_cannot_be_sent_is_refused_by_name(string json, string expected)
    {
        Assert.False(QueryParameters.TryParse(json, out _, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Deep_nesting_is_refused() => Assert.False(QueryParameters.TryParse(new string('[', 100_000), out _, out _));

    [Fact]
    public void Text_in_text_in_text_is_refused() => Assert.False(
        QueryParameters.TryParse(JsonSerializer.Serialize(JsonSerializer.Serialize("x")), out _, out _));

    [Fact]
    public void Too_many_values_are_refused()
    {
        Assert.True(QueryParameters.TryParse($"[{string.Join(',', Enumerable.Repeat("1", QueryParameters.MaxCount))}]", out _, out _));
        Assert.False(QueryParameters.TryParse($"[{string.Join(',', Enumerable.Repeat("1", QueryParameters.MaxCount + 1))}]", out _, out var error));
        Assert.Contains("more than", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", "integer", "0")]
    [InlineData("-0", "integer", "0")]
    [InlineData("2147483647", "integer", "2147483647")]
    [InlineData("2147483648", "bigint", "2147483648")]
    [InlineData("-9223372036854775808", "bigint", "-9223372036854775808")]
    [InlineData("9223372036854775808", "numeric", "9223372036854775808")]
    [InlineData("1.50", "numeric", "1.50")]
    [InlineData("1e2", "numeric", "100")]
    [InlineData("1234567890123456789012345678.5", "double precision", "1.2345678901234569E+27")]
    [InlineData("12345678901234567890123456789012345678901234567890", "numeric", "12345678901234567890123456789012345678901234567890")]
    [InlineData("1e-400", "double precision", "0")]
    [InlineData("1e300", "double precision", "1E+300")]
    [InlineData("1e-28", "numeric", "0.0000000000000000000000000001")]
    [InlineData("1e-29", "double precision", "1E-29")]
    public void Number_is_typed_as_a_constant_in_sql(string json, string type, string value)
    {
        Assert.True(JsonNumber.TryRead(json, out var number));
        Assert.Equal(type, number.TypeName);
        Assert.Equal(value, Convert.ToString(number.Value, System.Globalization.CultureInfo.InvariantCulture));
    }
}
