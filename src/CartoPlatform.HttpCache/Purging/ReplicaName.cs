using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace CartoPlatform.HttpCache.Purging;

/// <summary>What this process is called among its replicas.</summary>
internal sealed class ReplicaName(IOptions<HttpCacheOptions> options)
{
    private readonly string _name = options.Value.Replica ?? $"{Environment.MachineName}-{Environment.ProcessId}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(2))}";

    public override string ToString() => _name;
}
