using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace CartoPlatform.ServiceDefaults.Errors;

internal static class RejectionExtensions
{
    /// <summary>Gives requests that the server itself refuses an answer in the contract's shape.</summary>
    public static void UseRejectionAnswers(this IConnectionBuilder connections) => connections.Use(next => connection =>
    {
        connection.Transport = new Duplex(connection.Transport.Input, new RejectionWriter(connection.Transport.Output));
        return next(connection);
    });

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
