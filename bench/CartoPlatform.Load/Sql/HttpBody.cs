namespace CartoPlatform.Load.Sql;

internal static class HttpBody
{
    /// <summary>Reads an answer to its end, and tells how long it is.</summary>
    public static async Task<long> ReadAsync(HttpClient client, string address)
    {
        using var response = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead);
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"{address}: {await response.Content.ReadAsStringAsync()}");
        await using var body = await response.Content.ReadAsStreamAsync();
        return await CountAsync(body);
    }

    public static async Task<long> CountAsync(Stream stream)
    {
        var buffer = new byte[256 * 1_024];
        long bytes = 0;
        for (int read; (read = await stream.ReadAsync(buffer)) > 0;) bytes += read;
        return bytes;
    }
}
