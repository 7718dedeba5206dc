using CartoPlatform.Testing.Platform;
using Xunit.Abstractions;

namespace CartoPlatform.Platform.Tests.Clients;

/// <summary>The unmodified npm clients against one process and against pools of all: one test for each suite in <c>tests/clients/suites</c>.</summary>
[Collection(SharedPlatform.Name)]
public sealed class ClientContractTests(PlatformFixture platforms, ITestOutputHelper output)
{
    private static readonly string Folder = Repository.PathOf("tests", "clients");

    public static TheoryData<string, string> Suites
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var topology in new[] { Topologies.Standard, Topologies.Tier3 })
            {
                foreach (var suite in NodeSuites.In(Folder)) rows.Add(topology, suite);
            }

            return rows;
        }
    }

    [Theory, MemberData(nameof(Suites))]
    public async Task Suite_passes(string topology, string suite) =>
        await NodeSuites.PassAsync(Folder, suite, await platforms.GetAsync(topology), output);
}
