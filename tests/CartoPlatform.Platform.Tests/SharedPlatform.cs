using CartoPlatform.Testing.Platform;

// Whole platforms on the cores of one machine: side by side they would only be slower, and limits would run out.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace CartoPlatform.Platform.Tests;

[CollectionDefinition(Name)]
public sealed class SharedPlatform : ICollectionFixture<PlatformFixture>
{
    public const string Name = "platform";
}
