using System.Globalization;
using CartoPlatform.Auth;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.SqlApi.Results;
using CartoPlatform.SqlApi.Values;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.SqlApi.Queries;

/// <summary>Whatever this service runs in a user's database for a caller, it runs in here: in its turn, in its time, and measured.</summary>
internal sealed class LimitedRun(IOptions<QueryLimits> options, QueryGate gate, QueryTelemetry telemetry, TimeProvider time)
{
    private static readonly ApiError Busy = new(StatusCodes.Status503ServiceUnavailable, "Too many queries are running on this connection; try again");

    private readonly QueryLimits _limits = options.Value;

    /// <param name="principal">For whom.</param>
    /// <param name="pool">Where it runs.</param>
    /// <param name="output">Where the answer goes.</param>
    /// <param name="writer">The format of the answer.</param>
    /// <param name="run">The work, under the time limit.</param>
    /// <param name="cancellationToken">Of the caller.</param>
    /// <returns>Null when the answer is on its way.</returns>
    public async Task<ApiError?> RunAsync(
        Principal principal, DatabasePool pool, ResponseOutput output, IResultWriter writer, Func<CancellationToken, Task<ApiError?>> run,
        CancellationToken cancellationToken)
    {
        using var measurement = telemetry.Measure(pool.Record.Name, output, cancellationToken);
        using var lease = await gate.EnterAsync(pool.Record.Id, principal, cancellationToken);
        if (lease is null) return Busy;

        using var limit = new CancellationTokenSource(_limits.TimeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var error = await run(either.Token);
            if (error is null) await output.CompleteAsync(writer.ContentType, either.Token);
            return error;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var seconds = _limits.TimeLimit.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
            return new ApiError(StatusCodes.Status408RequestTimeout, $"The query ran longer than {seconds} seconds");
        }
        catch (PostgresException exception) when (output.HasStarted)
        {
            // Too late for the exception handlers: what comes back now makes the endpoint cut the answer.
            return ApiError.BadRequest(exception.MessageText);
        }
        catch (UnwritableValueException exception)
        {
            return ApiError.BadRequest(exception.Message);
        }
    }
}
