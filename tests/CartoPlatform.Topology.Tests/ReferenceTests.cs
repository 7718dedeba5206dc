namespace CartoPlatform.Topology.Tests;

public sealed class ReferenceTests
{
    [Fact]
    public void Value_without_references_stays_as_it_is() => Assert.Equal("true", Reference.Resolve("true", _ => "x"));

    [Fact]
    public void References_are_filled_in_wherever_they_stand() =>
        Assert.Equal("a http://x:1/b secret", Reference.Resolve("a {url:maps-api}/b {secret:internal-key}", name => name == "url:maps-api" ? "http://x:1" : "secret"));

    [Fact]
    public void Unknown_reference_is_an_error_that_names_it()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Reference.Resolve("{secret:internal-key}", _ => null));

        Assert.Contains("{secret:internal-key}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Optional_reference_without_a_value_leaves_the_variable_out() =>
        Assert.Null(Reference.Resolve(Reference.ToOptional(Reference.PagesFolder), _ => null));

    [Fact]
    public void Values_with_braces_are_not_filled_in_again() =>
        Assert.Equal("{url:edge}", Reference.Resolve(Reference.To(Reference.InternalKey), _ => "{url:edge}"));
}
