using CartoPlatform.Contracts.Workspace;
using CartoPlatform.HttpCache.Tests.Hosting;
using CartoPlatform.MapsApi.Tests.Hosting;
using CartoPlatform.Testing.Workspace;

namespace CartoPlatform.HttpCache.Tests.Access;

/// <summary>Both APIs behind a cache that the owner has warmed, on a table that is granted and one that is secret.</summary>
public sealed class AccessFixture : IAsyncLifetime
{
    public const string Query = "SELECT * FROM demo.places WHERE v >= $1";
    public const string Named = "places-by-v";

    /// <summary>Every way to ask for the granted data: by table, by query, by named source.</summary>
    public static readonly (string Kind, string Url)[] Requests =
    [
        ("table", "/v3/maps/main/table?name=demo.places"),
        ("table", "/v3/maps/main/table?name=demo.places&format=tilejson"),
        ("table", "/v3/maps/main/table/0/0/0?name=demo.places&formatTiles=mvt"),
        ("table", "/v3/maps/main/table?name=demo.places&format=geojson"),
        ("table", """/v3/sql/main/model/formula?type=table&source=demo.places&params={"column":"v","operation":"sum"}"""),
        ("table", "/v3/stats/main/demo.places/v"),
        ("table", "/v3/stats/main/demo.places/geom"),
        .. Of("query", Query),
        .. Of("named", Named),
    ];

    private readonly CacheFixture _cache = new();

    public CacheHost Host => _cache.Host;

    public WorkspaceStub Workspace => _cache.Maps.Workspace;

    public async Task InitializeAsync()
    {
        await _cache.InitializeAsync();
        await _cache.Database.ExecuteAsync("""
            CREATE TABLE demo.places AS SELECT i AS id, i AS v, ST_SetSRID(ST_Point(i, i), 4326)::geometry(Point, 4326) AS geom FROM generate_series(1, 5) AS i;
            CREATE TABLE demo.secrets AS SELECT i AS id, 'secret-' || i AS v, ST_SetSRID(ST_Point(i, i), 4326)::geometry(Point, 4326) AS geom FROM generate_series(1, 5) AS i;
            CREATE TABLE public.places AS SELECT * FROM demo.secrets;
            CREATE VIEW demo.view_of_secrets AS SELECT * FROM demo.secrets;
            CREATE FUNCTION demo.leak() RETURNS text LANGUAGE sql SECURITY DEFINER AS $$ SELECT string_agg(v, ',') FROM demo.secrets $$;
            CREATE FUNCTION demo.leak(int) RETURNS text LANGUAGE sql SECURITY DEFINER AS $$ SELECT string_agg(v, ',') FROM demo.secrets $$;
            CREATE FUNCTION demo.leak(demo.places) RETURNS text LANGUAGE sql SECURITY DEFINER AS $$ SELECT string_agg(v, ',') FROM demo.secrets $$;
            CREATE FUNCTION public.leak(int) RETURNS text LANGUAGE sql SECURITY DEFINER AS $$ SELECT string_agg(v, ',') FROM demo.secrets $$;
            """);
        Name(Named, Query);
        using var owner = Host.Owner();
        foreach (var (_, url) in Requests) await owner.AskAsync(url);
    }

    public Task DisposeAsync() => _cache.DisposeAsync();

    /// <summary>A caller with grants on these sources of the connection.</summary>
    public HttpClient With(params string[] sources) => Host.As(Token(sources));

    public TokenRecord Token(params string[] sources) =>
        _cache.AddToken(["maps", "sql"], [.. sources.Select(source => new GrantRecord(MapsFixture.Connection, source))]);

    public void Name(string name, string sql, long revision = 1) => Workspace.NamedSources[name] =
        new NamedSourceRecord { Id = Guid.Parse("5b8c6f1e-52ad-4a57-9d0e-6a1f0f0e1c11"), Name = name, Sql = sql, Revision = revision };

    public void Restrict(bool toNamedSources)
    {
        var record = Workspace.Connections[MapsFixture.Connection];
        Workspace.Connections[MapsFixture.Connection] = record with { NamedSourcesOnly = toNamedSources, Revision = record.Revision + 1 };
        Host.AskAgain();
    }

    public Task ExecuteAsync(string sql) => _cache.Database.ExecuteAsync(sql);

    private static (string Kind, string Url)[] Of(string kind, string query)
    {
        var asked = $"q={Uri.EscapeDataString(query)}&queryParameters=[1]";
        return
        [
            (kind, $"/v3/maps/main/query?{asked}"),
            (kind, $"/v3/maps/main/query?{asked}&format=tilejson"),
            (kind, $"/v3/maps/main/query/0/0/0?{asked}&formatTiles=mvt"),
            (kind, $"/v3/maps/main/query?{asked}&format=geojson"),
            (kind, $"/v3/sql/main/query?{asked}"),
            (kind, $$"""/v3/sql/main/model/formula?type=query&source={{Uri.EscapeDataString(query)}}&queryParameters=[1]&params={"column":"v","operation":"sum"}"""),
            (kind, $"/v3/stats/main/v?{asked}"),
            (kind, $"/v3/stats/main/geom?{asked}"),
        ];
    }
}
