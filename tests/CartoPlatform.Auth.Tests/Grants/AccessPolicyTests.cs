using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.Auth.Tests.Grants;

public sealed class AccessPolicyTests
{
    private static readonly RequestedSource Stores = new RequestedSource.Table("carto_dw", "demo", "stores");
    private static readonly RequestedSource Select = new RequestedSource.Query("SELECT * FROM demo.stores");

    [Fact]
    public void No_principal_is_unauthenticated() =>
        Assert.Equal(AccessDecision.Unauthenticated, AccessPolicy.Decide(null, Api.Maps, "main", Stores));

    [Theory]
    [InlineData(Api.Maps)]
    [InlineData(Api.Sql)]
    [InlineData(Api.Imports)]
    [InlineData(Api.Lds)]
    public void Owner_may_everything_without_a_grant(Api api)
    {
        var owner = new Principal(Some.Token() with { IsOwner = true, AllowedApis = [] });

        Assert.Equal(AccessDecision.Allowed, AccessPolicy.Decide(owner, api, "any", Select));
    }

    [Fact]
    public void Token_without_grants_may_nothing() =>
        Assert.Equal(AccessDecision.Forbidden, AccessPolicy.Decide(Some.Holder(), Api.Maps, "main", Stores));

    [Theory]
    [InlineData("main", "main", AccessDecision.Allowed)]
    [InlineData("*", "main", AccessDecision.Allowed)]
    [InlineData("main", "Main", AccessDecision.Forbidden)]
    [InlineData("main", "main2", AccessDecision.Forbidden)]
    [InlineData("main*", "main", AccessDecision.Forbidden)]
    [InlineData("", "main", AccessDecision.Forbidden)]
    [InlineData("main", "*", AccessDecision.Forbidden)]
    public void Grant_names_its_connection(string granted, string requested, AccessDecision expected) =>
        Assert.Equal(expected, AccessPolicy.Decide(Some.Holder(new GrantRecord(granted)), Api.Maps, requested, Stores));

    [Fact]
    public void Grant_without_a_source_is_the_whole_connection()
    {
        var holder = Some.Holder(new GrantRecord("main"));

        Assert.Equal(AccessDecision.Allowed, AccessPolicy.Decide(holder, Api.Sql, "main", Select));
        Assert.Equal(AccessDecision.Allowed, AccessPolicy.Decide(holder, Api.Maps, "main", Stores));
    }

    [Fact]
    public void Grants_do_not_mix_connections_and_sources()
    {
        var holder = Some.Holder(new GrantRecord("main", "demo.airports"), new GrantRecord("other", "demo.stores"));

        Assert.Equal(AccessDecision.Forbidden, AccessPolicy.Decide(holder, Api.Maps, "main", Stores));
        Assert.Equal(AccessDecision.Allowed, AccessPolicy.Decide(holder, Api.Maps, "other", Stores));
    }

    [Theory]
    [InlineData("maps", Api.Maps, AccessDecision.Allowed)]
    [InlineData("maps", Api.Sql, AccessDecision.Forbidden)]
    [InlineData("sql", Api.Maps, AccessDecision.Forbidden)]
    [InlineData("sql,maps", Api.Sql, AccessDecision.Allowed)]
    [InlineData("SQL", Api.Sql, AccessDecision.Forbidden)]
    [InlineData("", Api.Sql, AccessDecision.Forbidden)]
    [InlineData("imports", Api.Imports, AccessDecision.Allowed)]
    [InlineData("lds", Api.Lds, AccessDecision.Allowed)]
    [InlineData("*", Api.Lds, AccessDecision.Forbidden)]
    public void Api_must_be_among_the_allowed_ones(string allowed, Api api, AccessDecision expected) =>
        Assert.Equal(expected, AccessPolicy.Decide(HolderOfAll(allowed), api, "main", Stores));

    [Theory]
    [InlineData("maps", AccessDecision.Allowed)]
    [InlineData("sql", AccessDecision.Allowed)]
    [InlineData("imports,lds", AccessDecision.Forbidden)]
    public void One_of_several_apis_is_enough(string allowed, AccessDecision expected) =>
        Assert.Equal(expected, AccessPolicy.Decide(HolderOfAll(allowed), [Api.Sql, Api.Maps], "main", Stores));

    [Theory]
    [InlineData("main", true)]
    [InlineData("other", false)]
    public void Connection_is_seen_by_who_has_a_grant_in_it(string connection, bool expected) =>
        Assert.Equal(expected, AccessPolicy.SeesConnection(Some.Holder(new GrantRecord("main", "demo.stores")), connection));

    [Theory]
    [InlineData("stores-by-type", true)]
    [InlineData(" stores-by-type ; ", true)]
    [InlineData("*", true)]
    [InlineData("stores-by-typ", false)]
    [InlineData("STORES-BY-TYPE", false)]
    [InlineData("demo.*", false)]
    [InlineData("demo.stores-by-type", false)]
    [InlineData("SELECT * FROM demo.stores", false)]
    public void Named_source_is_granted_by_its_name(string grant, bool expected) => Assert.Equal(
        expected ? AccessDecision.Allowed : AccessDecision.Forbidden,
        AccessPolicy.Decide(Some.Holder(new GrantRecord("main", grant)), Api.Sql, "main", new RequestedSource.NamedSource("stores-by-type")));

    [Theory]
    [InlineData("stores_by_type", true)]
    [InlineData("public.stores_by_type", false)]
    [InlineData("\"stores_by_type\"", false)]
    public void Named_source_may_look_like_a_table_without_a_schema(string grant, bool expected) => Assert.Equal(
        expected ? AccessDecision.Allowed : AccessDecision.Forbidden,
        AccessPolicy.Decide(Some.Holder(new GrantRecord("main", grant)), Api.Sql, "main", new RequestedSource.NamedSource("stores_by_type")));

    [Fact]
    public void Connection_kept_to_named_sources_takes_them_and_tables()
    {
        var connection = new ConnectionRecord
        {
            Id = Guid.NewGuid(),
            Name = "main",
            ProviderId = "postgres",
            Revision = 1,
            ReaderConnectionString = "Host=h;Database=d",
            NamedSourcesOnly = true,
        };

        Assert.False(AccessPolicy.Takes(connection, Select));
        Assert.False(AccessPolicy.Takes(connection, new RequestedSource.QueryHash("00")));
        Assert.True(AccessPolicy.Takes(connection, Stores));
        Assert.True(AccessPolicy.Takes(connection, new RequestedSource.NamedSource("a-name")));
        Assert.True(AccessPolicy.Takes(connection with { NamedSourcesOnly = false }, Select));
    }

    private static Principal HolderOfAll(string apis) =>
        new(Some.Token(new GrantRecord("*")) with { AllowedApis = apis.Split(',') });
}
