using System.Net.Sockets;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.PostGis.Filters;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CartoPlatform.PostGis.Errors;

/// <summary>Answers what the database said, by SQLSTATE, and a database out of reach with 503. The one table of its kind.</summary>
public sealed partial class PostgresExceptionHandler(ILogger<PostgresExceptionHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (Map(exception) is not { } error) return false;

        if (error.Status >= StatusCodes.Status500InternalServerError) LogDatabaseFailure(exception, error.Status);
        else LogStatementRefused((exception as PostgresException)?.SqlState, error.Status);
        if (error.Status == StatusCodes.Status503ServiceUnavailable) httpContext.Response.Headers.RetryAfter = "1";
        if (IsRefusedLogin(exception)) httpContext.Response.Headers[CacheDeclaration.RefusedHeader] = "login";
        await ErrorWriter.WriteAsync(httpContext, error);
        return true;
    }

    private static bool IsRefusedLogin(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification };

    /// <summary>The answer to an exception of the driver; null where it is none, or means that the client has left.</summary>
    public static ApiError? Map(Exception exception) => exception switch
    {
        PostgresException postgres => WithPosition(FromSqlState(postgres), postgres),
        RegExpTimeException expression => new(StatusCodes.Status408RequestTimeout, expression.Message),
        // Npgsql tells a full pool and a statement out of time by the same types.
        NpgsqlException { InnerException: TimeoutException } npgsql when npgsql.Message.Contains("connection pool", StringComparison.Ordinal) => Busy,
        NpgsqlException { InnerException: TimeoutException } => Timeout,
        NpgsqlException { InnerException: SocketException or IOException } or SocketException => Unreachable,
        NpgsqlException { IsTransient: true } => Unreachable,
        NpgsqlException => Unreachable,
        _ => null,
    };

    private static readonly ApiError Timeout = new(StatusCodes.Status408RequestTimeout, "The statement ran longer than its time limit");
    private static readonly ApiError Unreachable = new(StatusCodes.Status503ServiceUnavailable, "The database cannot be reached at the moment");
    private static readonly ApiError Busy = new(StatusCodes.Status503ServiceUnavailable, "All database connections are busy; try again");

    private static ApiError FromSqlState(PostgresException exception) => exception.SqlState switch
    {
        PostgresErrorCodes.QueryCanceled => Timeout,
        PostgresErrorCodes.InsufficientPrivilege => new(StatusCodes.Status403Forbidden, exception.MessageText),
        PostgresErrorCodes.ReadOnlySqlTransaction => new(StatusCodes.Status403Forbidden, exception.MessageText),
        PostgresErrorCodes.UndefinedTable => new(StatusCodes.Status400BadRequest, exception.MessageText),
        // The hint is the column that was meant; those of other errors tell how to write the statement another way.
        PostgresErrorCodes.UndefinedColumn when exception.Hint is { Length: > 0 } hint => ApiError.BadRequest($"{exception.MessageText}. {hint}"),
        PostgresErrorCodes.TooManyConnections => Busy,
        // The limit of temporary files, for one.
        PostgresErrorCodes.ConfigurationLimitExceeded => ApiError.BadRequest(exception.MessageText),
        // Of a database that a statement has named, and not of the one that was dialled.
        PostgresErrorCodes.InvalidCatalogName when exception.InvariantSeverity == "ERROR" => ApiError.BadRequest(exception.MessageText),
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InvalidCatalogName => Unreachable,
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow => Unreachable,
        PostgresErrorCodes.DiskFull or PostgresErrorCodes.OutOfMemory => new(StatusCodes.Status507InsufficientStorage, "The database has run out of memory or disk"),
        ['0', '8', ..] => Unreachable,
        // PostGIS raises no other for whatever it dislikes in its arguments (mixed SRIDs, invalid WKT, …).
        PostgresErrorCodes.InternalError => ApiError.BadRequest(exception.MessageText),
        // What is wrong with the statement or its data: class 22 (data), 42 (syntax, names, types), 0A (feature), 54 (limits), P0 (raised), …
        ['2' or '3', ..] or ['4', '2' or '4', ..] or ['0', 'A', ..] or ['5', '4', ..] or ['P', '0', ..] => ApiError.BadRequest(exception.MessageText),
        ['4', '0', ..] or ['5', '5', ..] => new(StatusCodes.Status409Conflict, exception.MessageText),
        _ => new(StatusCodes.Status500InternalServerError, "The database failed"),
    };

    private static ApiError WithPosition(ApiError error, PostgresException exception) =>
        error.Status < StatusCodes.Status500InternalServerError && SqlPosition.Of(exception) is { } position
            ? error with { Details = new Dictionary<string, object?> { ["position"] = position.Character, ["line"] = position.Line, ["column"] = position.Column } }
            : error;

    [LoggerMessage(EventId = 2001, Level = LogLevel.Error, Message = "The database failed: answered {Status}")]
    private partial void LogDatabaseFailure(Exception exception, int status);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Debug, Message = "The database refused a statement with {SqlState}: answered {Status}")]
    private partial void LogStatementRefused(string? sqlState, int status);
}
