using CartoPlatform.Contracts.Workspace;
using CartoPlatform.Testing.PostGis;
using CartoPlatform.Testing.Workspace;

namespace CartoPlatform.SqlApi.Tests.Hosting;

/// <summary>A database of its own, the connection <c>main</c> to it, and the tokens of an owner and of somebody who may read by SQL.</summary>
public sealed class SqlFixture : IAsyncLifetime
{
    public const string Connection = "main";

    private WorkspaceStub? _workspace;
    private SqlHost? _host;

    public PostGisFixture Database { get; } = new();

    public WorkspaceStub Workspace => _workspace ?? throw new InvalidOperationException("The fixture has not been initialised.");

    /// <summary>A SQL API with default settings.</summary>
    public SqlHost Host => _host ?? throw new InvalidOperationException("The fixture has not been initialised.");

    public TokenRecord Owner { get; } = Token(isOwner: true);

    public TokenRecord Caller { get; } = Token(isOwner: false, new GrantRecord(Connection));

    public async Task InitializeAsync()
    {
        await Database.InitializeAsync();
        _workspace = await WorkspaceStub.StartAsync();
        Add(Owner);
        Add(Caller);
        AddConnection(Connection);
        _host = Start();
    }

    public async Task DisposeAsync()
    {
        _host?.Dispose();
        if (_workspace is not null) await _workspace.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>A SQL API with these settings.</summary>
    public SqlHost Start(params (string Key, string Value)[] settings) => new(this, settings);

    public void Add(TokenRecord token) => Workspace.Tokens[token.Id] = token;

    public void AddConnection(string name, bool withWriter = true) => Workspace.Connections[name] = new ConnectionRecord
    {
        Id = Guid.NewGuid(),
        Name = name,
        ProviderId = "postgres",
        Revision = 1,
        ReaderConnectionString = Database.ReaderConnectionString,
        WriterConnectionString = withWriter ? Database.OwnerConnectionString : null,
    };

    public static TokenRecord Token(bool isOwner, params GrantRecord[] grants) => new()
    {
        Id = Guid.NewGuid(),
        AccountId = Guid.NewGuid(),
        Grants = grants,
        AllowedApis = ["sql"],
        IsOwner = isOwner,
    };
}
