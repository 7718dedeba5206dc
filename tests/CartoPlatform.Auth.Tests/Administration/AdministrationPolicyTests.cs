using CartoPlatform.Auth.Administration;
using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.Auth.Tests.Administration;

public sealed class AdministrationPolicyTests
{
    [Theory]
    // Data tokens administer nothing, however much they may read.
    [InlineData(null, AdminArea.Tokens, AdminRight.Read, AccessDecision.Forbidden)]
    [InlineData(null, AdminArea.Maps, AdminRight.Read, AccessDecision.Forbidden)]
    [InlineData(AccountRole.Viewer, AdminArea.Maps, AdminRight.Read, AccessDecision.Allowed)]
    [InlineData(AccountRole.Viewer, AdminArea.Maps, AdminRight.Write, AccessDecision.Forbidden)]
    [InlineData(AccountRole.Viewer, AdminArea.Tokens, AdminRight.Read, AccessDecision.Forbidden)]
    [InlineData(AccountRole.Viewer, AdminArea.Connections, AdminRight.Read, AccessDecision.Forbidden)]
    [InlineData(AccountRole.Viewer, AdminArea.NamedSources, AdminRight.Read, AccessDecision.Forbidden)]
    [InlineData(AccountRole.Editor, AdminArea.Maps, AdminRight.Write, AccessDecision.Allowed)]
    [InlineData(AccountRole.Editor, AdminArea.Tokens, AdminRight.Write, AccessDecision.Allowed)]
    [InlineData(AccountRole.Editor, AdminArea.Connections, AdminRight.Write, AccessDecision.Allowed)]
    [InlineData(AccountRole.Editor, AdminArea.NamedSources, AdminRight.Write, AccessDecision.Allowed)]
    [InlineData(AccountRole.Editor, AdminArea.Accounts, AdminRight.Read, AccessDecision.Forbidden)]
    [InlineData(AccountRole.Editor, AdminArea.Activity, AdminRight.Read, AccessDecision.Forbidden)]
    [InlineData(AccountRole.Admin, AdminArea.Accounts, AdminRight.Write, AccessDecision.Allowed)]
    [InlineData(AccountRole.Admin, AdminArea.Activity, AdminRight.Read, AccessDecision.Allowed)]
    [InlineData(AccountRole.Superadmin, AdminArea.Accounts, AdminRight.Write, AccessDecision.Allowed)]
    public void Role_reaches_as_far_as_it_does(AccountRole? role, AdminArea area, AdminRight right, AccessDecision expected)
    {
        var principal = new Principal(Some.Token(new GrantRecord("*")) with { Role = role });

        Assert.Equal(expected, AdministrationPolicy.Decide(principal, area, right));
    }

    [Fact]
    public void Nobody_is_asked_for_a_token() =>
        Assert.Equal(AccessDecision.Unauthenticated, AdministrationPolicy.Decide(null, AdminArea.Maps, AdminRight.Read));

    [Fact]
    public void Owners_token_administers_everything()
    {
        var owner = new Principal(Some.Token() with { IsOwner = true });

        Assert.All(Every, pair => Assert.Equal(AccessDecision.Allowed, AdministrationPolicy.Decide(owner, pair.Area, pair.Right)));
        Assert.True(AdministrationPolicy.AdministersOthers(owner));
    }

    [Fact]
    public void Scope_narrows_the_role_and_widens_nothing()
    {
        var reader = new Principal(Some.Token() with { Role = AccountRole.Editor, Scopes = ["read:tokens", "write:accounts", "openid"] });

        Assert.Equal(
            [(AdminArea.Tokens, AdminRight.Read)],
            Every.Where(pair => AdministrationPolicy.Decide(reader, pair.Area, pair.Right) == AccessDecision.Allowed));
    }

    [Fact]
    public void Client_without_any_scope_administers_nothing()
    {
        var client = new Principal(Some.Token() with { Role = AccountRole.Superadmin, Scopes = [] });

        Assert.All(Every, pair => Assert.Equal(AccessDecision.Forbidden, AdministrationPolicy.Decide(client, pair.Area, pair.Right)));
    }

    [Fact]
    public void Scopes_have_names_of_their_own() =>
        Assert.Equal(Every.Count(), Every.Select(pair => AdministrationPolicy.ScopeOf(pair.Area, pair.Right)).Distinct().Count());

    [Theory]
    [InlineData(AccountRole.Editor, false)]
    [InlineData(AccountRole.Admin, true)]
    public void Editor_administers_his_own_alone(AccountRole role, bool administersOthers)
    {
        var (me, somebody) = (Guid.NewGuid(), Guid.NewGuid());
        var actor = Actor.Of(new Principal(Some.Token() with { Role = role, UserId = me }), "192.0.2.7");

        Assert.Equal(ActorKind.User, actor.Kind);
        Assert.True(actor.Administers(me));
        Assert.Equal(administersOthers, actor.Administers(somebody));
        Assert.Equal(administersOthers, actor.Administers(null));
    }

    [Fact]
    public void Actor_is_the_user_else_the_token()
    {
        var token = Some.Token();

        Assert.Equal((ActorKind.Owner, token.Id), Told(token with { IsOwner = true }));
        Assert.Equal((ActorKind.Client, token.Id), Told(token with { Role = AccountRole.Admin }));
        Assert.Equal((ActorKind.Token, token.Id), Told(token));

        static (ActorKind, Guid) Told(TokenRecord record)
        {
            var actor = Actor.Of(new Principal(record), null);
            return (actor.Kind, actor.Id);
        }
    }

    private static IEnumerable<(AdminArea Area, AdminRight Right)> Every =>
        Enum.GetValues<AdminArea>().SelectMany(area => Enum.GetValues<AdminRight>().Select(right => (area, right)));
}
