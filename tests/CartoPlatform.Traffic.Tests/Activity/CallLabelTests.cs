using System.Text.Json;
using CartoPlatform.Traffic.Activity;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.Traffic.Tests.Activity;

public sealed class CallLabelTests
{
    [Theory]
    [InlineData("/v3/maps/carto_dw/table?name=demo.airports", "maps", "table", "carto_dw", "demo.airports")]
    [InlineData("/v3/maps/carto_dw/table?name=demo.airports&format=tilejson", "maps", "table/tilejson", "carto_dw", "demo.airports")]
    [InlineData("/v3/maps/carto_dw/table/1/2/3?name=demo.airports", "maps", "table/tile", "carto_dw", "demo.airports")]
    [InlineData("/v3/maps/carto_dw/query?q=SELECT+1", "maps", "query", "carto_dw", null)]
    [InlineData("/v3/maps/public/2f1c7f0e-6d0b-4c55-9a3e-0c1b8a7d4e21", "maps", "public", null, null)]
    [InlineData("/v3/maps/2f1c7f0e-6d0b-4c55-9a3e-0c1b8a7d4e21/datasets", "maps", "administration", null, null)]
    [InlineData("/v3/sql/carto_dw/query?q=SELECT+'secret'", "sql", "query", "carto_dw", null)]
    [InlineData("/v3/sql/carto_dw/model/category?type=table&source=demo.airports", "sql", "model/category", "carto_dw", "demo.airports")]
    [InlineData("/v3/sql/carto_dw/model/category?type=query&source=SELECT+1", "sql", "model/category", "carto_dw", null)]
    [InlineData("/v3/stats/carto_dw/demo.airports/name", "stats", "attribute", "carto_dw", "demo.airports")]
    [InlineData("/v3/tokens/eyJhbGciOiJIUzI1NiJ9.e30.secret", "tokens", "administration", null, null)]
    [InlineData("/oauth/token", "oauth", "token", null, null)]
    [InlineData("/v3/<script>", "other", "administration", null, null)]
    [InlineData("/v3", "other", "other", null, null)]
    [InlineData("/v3/maps/no%20name!/whatever;drop", "maps", "other", null, null)]
    public void Path_becomes_names(string url, string api, string operation, string? connection, string? source)
    {
        var label = Of(url);

        Assert.Equal((api, operation, connection, source), (label.Api, label.Operation, label.Connection, label.Source));
    }

    [Fact]
    public void Callers_labels_are_taken_from_address_and_body_and_the_map_among_them()
    {
        var label = Of("/v3/maps/carto_dw/table?name=t&client=deck-gl-carto&tag-mapId=m1&tag-team=red&v=3.4&deckglVersion=9", BodyLabels.Of("other", [("tag-team", "blue"), ("tag-page", "7"), ("q", "SELECT 1")]));

        Assert.Equal(("deck-gl-carto", "m1"), (label.Client, label.MapId));
        Assert.Equal(new Dictionary<string, string> { ["mapId"] = "m1", ["team"] = "red", ["page"] = "7" }, label.Tags);
    }

    [Fact]
    public void Token_and_text_of_a_query_are_in_no_part_of_it()
    {
        var label = Of("/v3/sql/carto_dw/query?access_token=eyJtop.secret.token&q=SELECT+'my-secret'&queryParameters=%5B%22my-secret%22%5D&filters=my-secret&client=c&tag-a=b");

        Assert.DoesNotContain("secret", JsonSerializer.Serialize(label), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_long_many_or_no_text_is_cut()
    {
        var tags = string.Join('&', Enumerable.Range(0, 50).Select(index => $"tag-{index}{new string('n', 100)}={new string('v', 1_000)}"));
        var label = Of($"/v3/maps/c/table?name={new string('x', 5_000)}&client=a%00b%ED%A0%80&{tags}");

        Assert.Equal(200, label.Source!.Length);
        Assert.Equal(10, label.Tags!.Count);
        Assert.All(label.Tags, tag => Assert.True(tag is { Key.Length: <= 32, Value.Length: 100 }));
        Assert.DoesNotContain('\0', label.Client!);
    }

    private static CallLabel Of(string url, BodyLabels? body = null)
    {
        var uri = new Uri("http://x" + url);
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.Path = PathString.FromUriComponent(uri);
        context.Request.QueryString = QueryString.FromUriComponent(uri);
        if (body is not null) context.Features.Set(body);
        return CallLabel.Of(context);
    }
}
