using Npgsql;

namespace CartoPlatform.WorkspaceApi.Connections;

/// <summary>Passwords in clear text: a server may ask for them, and without TLS everybody on the way reads them.</summary>
internal static class ClearText
{
    /// <summary>The same settings, which answer no such question where TLS is not required.</summary>
    public static string Refuse(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (settings.SslMode >= SslMode.Require || !string.IsNullOrEmpty(settings.RequireAuth)) return connectionString;
        settings.RequireAuth = "!Password";
        return settings.ConnectionString;
    }
}
