using CartoPlatform.Cli.Platforms;
using CartoPlatform.Cli.Terminal;

namespace CartoPlatform.Cli.Samples;

/// <summary>Loads the sample data at the first start of a platform.</summary>
internal static class SampleData
{
    /// <summary>
    /// Does nothing when it was done before, even if the user has dropped tables since. An interrupted load goes on
    /// with the first missing table: each appears whole or not at all.
    /// </summary>
    public static async Task LoadOnceAsync(DataFolder data, string ownerConnection, CancellationToken cancellationToken)
    {
        if (File.Exists(data.SamplesMark))
            return;

        var folder = RepositoryLayout.Samples;
        var loader = new SampleLoader(folder, SampleManifest.Read(folder), ownerConnection);
        using (var bar = new ProgressBar("Sample data"))
            await loader.LoadAsync(bar.Show, cancellationToken);

        await File.WriteAllTextAsync(data.SamplesMark, "The sample data were loaded once. Delete this file to have missing tables loaded again.\n", cancellationToken);
    }
}
