using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.HttpCache.Keys;

/// <summary>
/// The form that equal requests share: path, parameters by name, wherever they stand, without those that only label the caller. Every
/// piece is written with its length, so that no two requests read alike.
/// </summary>
internal sealed class CanonicalRequest
{
    /// <summary>Moves when answers are made differently: an upgrade does not serve what the last version made.</summary>
    private const string EncoderVersion = "1";

    private static readonly HashSet<string> Ignored = new(StringComparer.Ordinal) { "client", "deckglVersion", "access_token", "cache" };

    private readonly SortedDictionary<string, List<string>> _parameters = new(StringComparer.Ordinal);
    private readonly bool _isTile;

    private CanonicalRequest(bool isTile) => _isTile = isTile;

    /// <param name="request">The request.</param>
    /// <param name="login">What the statements run under; empty is the connection's own.</param>
    /// <param name="body">Its parameters in the body, as name and JSON or text; null for a GET.</param>
    public static CacheKey KeyOf(HttpRequest request, string login, IEnumerable<BodyParameter>? body)
    {
        var canonical = new CanonicalRequest(CacheTarget.IsTile(request.Path));
        foreach (var (name, values) in request.Query)
        {
            foreach (var value in values) canonical.Add(name, ParameterText.FromText(name, value ?? ""));
        }

        foreach (var parameter in body ?? []) canonical.Add(parameter.Name, parameter.Canonical);
        var address = CacheTarget.HoldsUrls(request.Path) ? $"{request.Scheme}://{request.Host}{request.PathBase}" : "";
        return canonical.Hash(login, address, request.Path.Value!);
    }

    private void Add(string name, string value)
    {
        if (Ignored.Contains(name) || name.StartsWith("tag-", StringComparison.Ordinal) || name.StartsWith("utm_", StringComparison.Ordinal)) return;
        // In a tile the order of columns means nothing.
        if (_isTile && name == "columns")
            value = string.Join(',', value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).Distinct());
        if (!_parameters.TryGetValue(name, out var values)) _parameters[name] = values = [];
        values.Add(value);
    }

    private CacheKey Hash(string login, string address, string path)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var piece in (string[])[EncoderVersion, login, address, path]) Append(hash, piece);
        foreach (var (name, values) in _parameters)
        {
            Append(hash, name);
            Append(hash, values.Count);
            foreach (var value in values) Append(hash, value);
        }

        Span<byte> result = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(result);
        return CacheKey.From(result);
    }

    private static void Append(IncrementalHash hash, string piece)
    {
        var bytes = Encoding.UTF8.GetBytes(piece);
        Append(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void Append(IncrementalHash hash, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
