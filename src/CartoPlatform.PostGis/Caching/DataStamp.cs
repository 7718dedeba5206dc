using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Changes;

namespace CartoPlatform.PostGis.Caching;

/// <summary>One number for a state of data: the first 52 bits, which JavaScript holds exactly, of a hash of the versions.</summary>
internal static class DataStamp
{
    private const int Bits = 52;

    public static long Of(ConnectionRecord connection, NamedSourceRecord? named, ReadVersions versions)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{connection.Id:N} {connection.Revision} {versions.Incarnation}");
        // Another text under the same name is other data.
        if (named is not null) text.Append(CultureInfo.InvariantCulture, $" {named.Id:N} {named.Revision}");
        foreach (var (relation, version) in versions.Versions.OrderBy(pair => pair.Key))
        {
            if (relation != CatalogParts.Everything) text.Append(CultureInfo.InvariantCulture, $" {relation}:{version}");
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()), hash);
        return (long)(BinaryPrimitives.ReadUInt64BigEndian(hash) >> (64 - Bits));
    }
}
