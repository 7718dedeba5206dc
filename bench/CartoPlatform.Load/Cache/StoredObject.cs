namespace CartoPlatform.Load.Cache;

/// <summary>An answer as the platform sends it, for others to send the same.</summary>
internal sealed record StoredObject(string Path, byte[] Body, string ContentType, string Coding, string Tag)
{
    public static async Task<StoredObject> FetchAsync(HttpClient client, string url, string path)
    {
        StoredObject? stored = null;
        // The second time it is a hit, and the third in the front table.
        for (var attempt = 0; attempt < 3; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
            using var answer = await client.SendAsync(request);
            answer.EnsureSuccessStatusCode();
            if (attempt > 0 && answer.Headers.GetValues("X-Cache").Single() != "HIT") throw new InvalidOperationException($"{url} is not kept");
            stored = new StoredObject(
                path, await answer.Content.ReadAsByteArrayAsync(), answer.Content.Headers.ContentType?.ToString() ?? "", answer.Content.Headers.ContentEncoding.SingleOrDefault() ?? "", answer.Headers.ETag?.ToString() ?? "");
        }

        return stored!;
    }
}
