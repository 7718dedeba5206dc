using CartoPlatform.Testing.Platform;
using Xunit.Abstractions;

namespace CartoPlatform.Platform.Tests.Clients;

/// <summary>
/// The unmodified npm clients against one process and against pools of all: one test for each suite in <c>tests/clients/suites</c>. Against
/// pools those that tell the two apart; with <c>--long</c> every one.
/// </summary>
[Collection(SharedPlatform.Name)]
public sealed class ClientContractTests(PlatformFixture platforms, ITestOutputHelper output)
{
    private static readonly string Folder = Repository.PathOf("tests", "clients");

    /// <summary>Errors on the way, stored definitions, tokens, sessions, jobs, and one of each kind of answer.</summary>
    private static readonly string[] OfPools =
        ["conditional", "cors", "errors", "fetch-map", "geometries", "http", "instantiation", "jobs", "oauth", "query-sources", "session-cookie", "sql-query", "stats", "tokens", "widgets"];

    public static TheoryData<string, string> Suites
    {
        get
        {
            var rows = new TheoryData<string, string>();
            var isLong = Environment.GetEnvironmentVariable("CARTO_TEST_LONG") == "1";
            foreach (var suite in NodeSuites.In(Folder))
            {
                rows.Add(Topologies.Standard, suite);
                if (isLong || OfPools.Contains(suite)) rows.Add(Topologies.Tier3, suite);
            }

            return rows;
        }
    }

    [Theory, MemberData(nameof(Suites))]
    public async Task Suite_passes(string topology, string suite) =>
        await NodeSuites.PassAsync(Folder, suite, await platforms.GetAsync(topology), output);
}
