using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Dialling;
using Npgsql;

namespace CartoPlatform.Worker.Jobs;

/// <summary>
/// Sessions for jobs: one for each, outside of the pools that tiles and queries share, without a time limit of the server's, and with
/// the parallel plans and the compiler that long statements gain from.
/// </summary>
internal static class JobDatabase
{
    public static async ValueTask<NpgsqlDataSource> OpenAsync(ConnectionRecord connection, bool mayWrite, ServerFinder servers, CancellationToken cancellationToken)
    {
        var login = mayWrite ? connection.WriterConnectionString : connection.ReaderConnectionString;
        var settings = $"{SessionSettings.Forms} -c statement_timeout=0";
        var found = await servers.FindAsync(connection, null, cancellationToken);
        return found.Open(new NpgsqlConnectionStringBuilder(ClearText.Refuse(login ?? ""))
        {
            ApplicationName = "CartoPlatform job",
            Pooling = false,
            Timeout = 15,
            CommandTimeout = 0,
            // After this the session is given up, and ended from another one.
            CancellationTimeout = 2_000,
            TcpKeepAlive = true,
            Options = mayWrite ? settings : $"{settings} {SessionSettings.ReadOnly}",
            IncludeErrorDetail = false,
        });
    }
}
