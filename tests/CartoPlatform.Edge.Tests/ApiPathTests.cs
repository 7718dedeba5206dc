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
    [InlineData("/workspace-api/maps", "/v3/maps")]
    [InlineData("/workspace-api/connections/1/resources/db.demo", "/v3/connections/1/resources/db.demo")]
    [InlineData("/workspace-api/v3/maps", "/v3/maps")]
    [InlineData("/maps", "/v3/maps")]
    [InlineData("/api/maps/7/datasets", "/v3/maps/7/datasets")]
    [InlineData("/accounts/users/me", "/v3/accounts/users/me")]
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
    [InlineData("/mapsx")]
    [InlineData("/workspace-api")]
    public void Other_paths_stay_as_they_are(string path) => Assert.Null(ApiPath.Normalize(path));

    [Theory]
    [InlineData("/maps")]
    [InlineData("/maps/7f0e")]
    [InlineData("/connections")]
    public void Pages_keep_their_addresses(string path) => Assert.Null(ApiPath.Normalize(path, isPage: true));
}
