using CartoPlatform.Testing.Platform;

namespace CartoPlatform.Load.Sql;

/// <summary>The SQL API of a whole platform, started for it and asked as callers do: over HTTP, through the edge, with a token.</summary>
internal static class SqlLoad
{
    /// <param name="parts">Of <c>rows</c> and <c>models</c>; both where there is none.</param>
    public static async Task RunAsync(string[] parts)
    {
        await using var platform = new TestPlatform("standard");
        var status = await platform.UpAsync("--no-sample");
        if (parts.Length == 0 || parts.Contains("rows")) await RowsLoad.RunAsync(status);
        if (parts.Length == 0 || parts.Contains("models")) await ModelsLoad.RunAsync(status);
    }
}
