namespace CartoPlatform.Load.Cache;

/// <summary>An answer as the platform sends it, for others to send the same when they are asked with the same bytes (the path has its query).</summary>
internal sealed record StoredObject(string Path, byte[] Body, string ContentType, string Coding, string Tag)
{
    private const int Attempts = 40;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public static async Task<StoredObject> FetchAsync(HttpClient client, string url)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
            using var answer = await client.SendAsync(request);
            answer.EnsureSuccessStatusCode();
            var stored = new StoredObject(
                url, await answer.Content.ReadAsByteArrayAsync(), answer.Content.Headers.ContentType?.ToString() ?? "", answer.Content.Headers.ContentEncoding.SingleOrDefault() ?? "", answer.Headers.ETag?.ToString() ?? "");
            if (answer.Headers.GetValues("X-Cache").Single() == "HIT") return stored;
            // Until the first word of the database has come nothing is used.
            await Task.Delay(Pause);
        }

        throw new InvalidOperationException($"{url} is not kept");
    }
}
