using System.Text.Json.Nodes;
using CartoPlatform.WorkspaceApi.Requests;
using CartoPlatform.WorkspaceClient;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Connections.Providers;

/// <summary>PostgreSQL with PostGIS.</summary>
internal sealed class PostgresProvider(DatabaseProbe probe, LoginRights rights) : IConnectionProvider
{
    public const string Name = "postgres";

    private const int DefaultPort = 5432;
    private const int MaxReplicas = 16;
    private const int MaxLogins = 1_000;
    private const int MaxNameLength = 253;
    private const int MaxSecretLength = 4_096;

    public string Id => Name;

    public ConnectionCredentials? Read(JsonBody body, ConnectionCredentials? current)
    {
        var fields = new ConfigFields(body);
        var reader = new NpgsqlConnectionStringBuilder(current?.Reader ?? "");
        if (fields.Text(MaxNameLength, "host", "server") is { } host) reader.Host = Host(body, host);
        if (fields.Number(1, 65_535, "port") is { } port) reader.Port = port;
        else if (current is null) reader.Port = DefaultPort;
        if (fields.Text(MaxNameLength, "database", "dbname") is { } database) reader.Database = database;
        if (fields.Text(MaxNameLength, "username", "user") is { } username) reader.Username = username;
        var password = fields.Text(MaxSecretLength, "password");
        if (password is not null) reader.Password = password;
        if (fields.Text(32, "sslmode", "ssl_mode", "sslMode") is { } mode) reader.SslMode = Mode(body, mode);
        else if (current is null) reader.SslMode = SslMode.Prefer;

        // Without them Npgsql would look for the machine's own: environment variables, a password file.
        if (string.IsNullOrEmpty(reader.Host)) body.Fail("host is missing");
        if (string.IsNullOrEmpty(reader.Database)) body.Fail("database is missing");
        if (string.IsNullOrEmpty(reader.Username)) body.Fail("username is missing");
        if (string.IsNullOrEmpty(reader.Password)) body.Fail("password is missing");
        if (password is null && current is not null) PasswordAgain.Ask(body, "password", current.Reader, reader);
        var writer = Writer(fields, body, reader, current);
        var replicas = Replicas(fields, body, reader, current);
        if (password is null && current is not null && PasswordAgain.HasNewPlace(replicas, current))
            body.Fail("password must be given again where the host or the port of replicas changes");
        var logins = Logins(fields, body, reader, replicas, current);
        fields.Finish();
        return body.Error is null
            ? new ConnectionCredentials(reader.ConnectionString, writer) { Replicas = replicas, Logins = logins }
            : null;
    }

    public JsonObject Describe(ConnectionCredentials credentials)
    {
        var reader = new NpgsqlConnectionStringBuilder(credentials.Reader);
        return new JsonObject
        {
            ["host"] = reader.Host,
            ["port"] = reader.Port,
            ["database"] = reader.Database,
            ["username"] = reader.Username,
            ["sslmode"] = TextOf(reader.SslMode),
            ["writer"] = credentials.Writer is null ? null : new JsonObject { ["username"] = new NpgsqlConnectionStringBuilder(credentials.Writer).Username },
            ["logins"] = new JsonArray([.. (credentials.Logins ?? []).Select(login => new JsonObject { ["name"] = login.Name, ["username"] = login.Username })]),
            ["replicas"] = new JsonArray([.. (credentials.Replicas ?? []).Select(DescribeReplica)]),
        };
    }

    public async Task<ConnectionTest> TestAsync(ConnectionCredentials credentials, IReadOnlyList<string> trustedHosts, CancellationToken cancellationToken)
    {
        if (await probe.FindProblemAsync(credentials.Reader, trustedHosts, cancellationToken) is { } problem) return new ConnectionTest(problem, []);
        if (credentials.Writer is { } writer && await probe.FindProblemAsync(writer, trustedHosts, cancellationToken) is { } ofWriter)
            return new ConnectionTest($"the writing login: {ofWriter}", []);
        foreach (var replica in credentials.Replicas ?? [])
        {
            if (await probe.FindProblemAsync(replica, trustedHosts, cancellationToken) is { } ofReplica) return new ConnectionTest($"a replica: {ofReplica}", []);
        }

        var warnings = await rights.FindWarningsAsync(credentials.Reader, trustedHosts, cancellationToken);
        foreach (var login in credentials.Logins ?? [])
        {
            var text = new NpgsqlConnectionStringBuilder(credentials.Reader) { Username = login.Username, Password = login.Password }.ConnectionString;
            if (await probe.FindProblemAsync(text, trustedHosts, cancellationToken) is { } ofLogin) return new ConnectionTest($"the login {login.Name}: {ofLogin}", []);
            warnings = [.. warnings, .. (await rights.FindWarningsAsync(text, trustedHosts, cancellationToken)).Select(warning => $"{login.Name}: {warning}")];
        }

        return new ConnectionTest(null, warnings);
    }

    private static string? Writer(ConfigFields fields, JsonBody body, NpgsqlConnectionStringBuilder reader, ConnectionCredentials? current)
    {
        var (username, password) = fields.Login("writer", MaxNameLength, MaxSecretLength);
        if (fields.IsNull("writer")) return null;
        if (username is null && password is null && current?.Writer is null) return null;
        var known = new NpgsqlConnectionStringBuilder(current?.Writer ?? "");
        var writer = new NpgsqlConnectionStringBuilder(reader.ConnectionString)
        {
            Username = username ?? known.Username,
            Password = password ?? known.Password,
        };
        if (string.IsNullOrEmpty(writer.Password) && current?.Writer is null) body.Fail("The password of writer is missing");
        if (password is null && current?.Writer is { } before) PasswordAgain.Ask(body, "The password of writer", before, writer);
        return writer.ConnectionString;
    }

    private static List<string>? Replicas(ConfigFields fields, JsonBody body, NpgsqlConnectionStringBuilder reader, ConnectionCredentials? current)
    {
        var places = fields.Places("replicas", MaxReplicas, MaxNameLength)
            ?? (current?.Replicas)?.Select(replica => new NpgsqlConnectionStringBuilder(replica)).Select(known => (Host: known.Host ?? "", Port: (int?)known.Port)).ToList();
        return places?.Select(place => new NpgsqlConnectionStringBuilder(reader.ConnectionString)
        {
            Host = Host(body, place.Host),
            Port = place.Port ?? reader.Port,
        }.ConnectionString).ToList();
    }

    private static List<StoredLogin>? Logins(
        ConfigFields fields, JsonBody body, NpgsqlConnectionStringBuilder reader, List<string>? replicas, ConnectionCredentials? current)
    {
        if (fields.IsNull("logins")) return null;
        var wanted = fields.Logins("logins", MaxLogins, MaxNameLength, MaxSecretLength)
            ?? current?.Logins?.Select(login => (login.Name, login.Username, Password: (string?)null)).ToList();
        if (wanted is null) return null;
        var logins = new List<StoredLogin>();
        foreach (var (name, username, password) in wanted)
        {
            var known = current?.Logins?.FirstOrDefault(login => login.Name == name && login.Username == username);
            if ((password ?? known?.Password) is not { } secret) body.Fail($"The password of the login {name} is missing");
            else if (password is null && current is not null && PasswordAgain.Moves(current, reader, replicas))
                body.Fail($"The password of the login {name} must be given again where the host, port, database or replicas change, or sslmode becomes weaker");
            else if (!WorkspaceNames.IsLogin(name)) body.Fail("A login's name has 1 to 64 letters, digits, '_' and '-'");
            else if (logins.Exists(login => login.Name == name)) body.Fail($"The login {name} is there more than once");
            else logins.Add(new StoredLogin(name, username, secret));
        }

        return logins;
    }

    private static JsonNode? DescribeReplica(string replica)
    {
        var builder = new NpgsqlConnectionStringBuilder(replica);
        return new JsonObject { ["host"] = builder.Host, ["port"] = builder.Port };
    }

    // A name or an address: no list of hosts, and no path, which would be a socket of this machine.
    private static string Host(JsonBody body, string host)
    {
        if (!host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':') || host.StartsWith('-'))
            body.Fail("host must be the name or the address of one server");
        return host;
    }

    private static SslMode Mode(JsonBody body, string mode)
    {
        switch (mode.ToLowerInvariant())
        {
            case "disable":
                return SslMode.Disable;
            case "allow":
                return SslMode.Allow;
            case "prefer":
                return SslMode.Prefer;
            case "require":
                return SslMode.Require;
            case "verify-ca":
                return SslMode.VerifyCA;
            case "verify-full":
                return SslMode.VerifyFull;
            default:
                body.Fail("sslmode must be one of disable, allow, prefer, require, verify-ca, verify-full");
                return SslMode.Prefer;
        }
    }

    private static string TextOf(SslMode mode) => mode switch
    {
        SslMode.VerifyCA => "verify-ca",
        SslMode.VerifyFull => "verify-full",
        _ => mode.ToString().ToLowerInvariant(),
    };
}
