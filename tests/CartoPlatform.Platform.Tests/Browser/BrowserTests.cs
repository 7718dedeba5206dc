using CartoPlatform.Testing.Platform;
using Xunit.Abstractions;

namespace CartoPlatform.Platform.Tests.Browser;

[Collection(SharedPlatform.Name)]
public sealed class BrowserTests(PlatformFixture platforms, ITestOutputHelper output)
{
    [BrowserFact]
    public async Task Page_draws_what_it_must() =>
        await NodeSuite.PassAsync(Repository.PathOf("tests", "browser", "run.sh"), [], await platforms.GetAsync(Topologies.Standard), output);
}
