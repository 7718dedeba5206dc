using CartoPlatform.WorkspaceApi.Requests;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Connections.Providers;

/// <summary>
/// A password that is kept goes nowhere but where it has gone before: whoever may change a connection, and does not know its secrets,
/// would else have them sent to a server of his.
/// </summary>
internal static class PasswordAgain
{
    /// <summary>Tells the body where the kept password would serve for something new.</summary>
    public static void Ask(JsonBody body, string what, string known, NpgsqlConnectionStringBuilder wanted)
    {
        var before = new NpgsqlConnectionStringBuilder(known);
        var changes = new List<string>(Places(before, wanted));
        if (before.Username != wanted.Username) changes.Add("username");
        if (changes.Count > 0) body.Fail($"{what} must be given again where {string.Join(", ", changes)} changes");
    }

    /// <summary>Whether logins would be used somewhere else than before.</summary>
    public static bool Moves(ConnectionCredentials current, NpgsqlConnectionStringBuilder reader, List<string>? replicas) =>
        Places(new NpgsqlConnectionStringBuilder(current.Reader), reader).Any() || HasNewPlace(replicas, current);

    /// <summary>Whether there is a replica where the connection's password has not been sent.</summary>
    public static bool HasNewPlace(List<string>? replicas, ConnectionCredentials current)
    {
        var known = (current.Replicas ?? []).Append(current.Reader).Select(Place).ToHashSet();
        return replicas is not null && replicas.Exists(replica => !known.Contains(Place(replica)));
    }

    private static IEnumerable<string> Places(NpgsqlConnectionStringBuilder before, NpgsqlConnectionStringBuilder wanted)
    {
        if (!string.Equals(before.Host, wanted.Host, StringComparison.OrdinalIgnoreCase)) yield return "host";
        if (before.Port != wanted.Port) yield return "port";
        if (before.Database != wanted.Database) yield return "database";
        // From disable to verify-full, each is stronger than the one before.
        if (wanted.SslMode < before.SslMode) yield return "sslmode";
    }

    private static (string? Host, int Port) Place(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        return (builder.Host?.ToLowerInvariant(), builder.Port);
    }
}
