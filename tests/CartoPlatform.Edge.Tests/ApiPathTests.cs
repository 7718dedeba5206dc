using CartoPlatform.Edge.Paths;

namespace CartoPlatform.Edge.Tests;

public sealed class ApiPathTests
{
    [Theory]
    [InlineData("/api/v3/maps/x/table", "/v3/maps/x/table")]
    [InlineData("/api/api/v3/maps/x/table", "/v3/maps/x/table")]
    [InlineData("//v3/sql/x/model/formula", "/v3/sql/x/model/formula")]
    [InlineData("/api//v3//maps///x", "/v3/maps/x")]
    [InlineData("/v3//maps/x", "/v3/maps/x")]
    [InlineData("/api/v3", "/v3")]
    [InlineData("/api/v3/", "/v3/")]
    public void Spellings_of_an_api_path_become_one(string path, string expected) => Assert.Equal(expected, ApiPath.Normalize(path));

    [Theory]
    [InlineData("/v3/maps/x/table")]
    [InlineData("/")]
    [InlineData("")]
    [InlineData("//")]
    [InlineData("/api")]
    [InlineData("/apiv3/maps")]
    [InlineData("/v33/maps")]
    [InlineData("/API/v3/maps")]
    [InlineData("/assets//v3/x")]
    public void Other_paths_stay_as_they_are(string path) => Assert.Null(ApiPath.Normalize(path));
}
