using CartoPlatform.Auth;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace CartoPlatform.SqlApi.Jobs;

/// <summary>
/// <c>/v3/sql/{connection}/job</c> and <c>/v3/sql/jobs</c> (contract, section 10.2). Jobs are put into a queue in the metadata database
/// and run by the Worker.
/// </summary>
internal static class JobEndpoints
{
    // Between the database's clock and this one's, at the most.
    private static readonly TimeSpan ClockDifference = TimeSpan.FromSeconds(5);

    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    private static readonly ApiError NoJob = ApiError.NotFound("There is no such job");

    public static void AddJobs(this IServiceCollection services)
    {
        services.AddOptions<JobLimits>().BindConfiguration(JobLimits.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddMetadataDatabase().AddSingleton<JobStore>();
    }

    public static void MapJobs(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v3/sql/{connection}/job", CreateAsync).WithName("sql-job-create");
        routes.MapMethods("/v3/sql/{connection}/job/{id}", Reading, FindAsync).WithName("sql-job-get");
        routes.MapDelete("/v3/sql/{connection}/job/{id}", CancelAsync).WithName("sql-job-cancel");
        routes.MapMethods("/v3/sql/jobs", Reading, ListAsync).WithName("sql-jobs-list");
    }

    private static async Task<Results<JsonHttpResult<Job>, ApiError>> CreateAsync(
        string connection, HttpContext context, ConnectionPools pools, JobStore jobs, IOptions<JobLimits> limits, CancellationToken cancellationToken)
    {
        if (context.GetPrincipal() is not { } principal) return AuthErrors.TokenNotDefined;
        var (request, error) = await JobRequest.ReadAsync(context.Request, limits.Value, cancellationToken);
        if (request is null) return error ?? ApiError.BadRequest("The request cannot be read");
        if (AccessPolicy.Decide(principal, Api.Sql, connection, new RequestedSource.Query(request.Query)).ToError() is { } refusal) return refusal;
        if (await pools.FindAsync(connection, principal.Token.Login, cancellationToken) is not { } pool) return ApiError.NotFound($"There is no connection {connection}");

        if (!AccessPolicy.Takes(pool.Record, new RequestedSource.Query(request.Query))) return AuthErrors.NamedSourcesOnly;

        var mayWrite = principal.CanWrite && pool.Writer is not null;
        if (!mayWrite && await JobReadCheck.RefuseAsync(pool, request.Script, cancellationToken) is { } noRead) return noRead;
        if (await jobs.AddAsync(principal, connection, request, mayWrite, limits.Value.MaxPending, cancellationToken) is { } job) return Answer(context, job);

        context.Response.Headers.RetryAfter = "10";
        return new ApiError(StatusCodes.Status429TooManyRequests, $"{limits.Value.MaxPending} jobs of this token are waiting: try again when some of them have run");
    }

    private static async Task<Results<JsonHttpResult<Job>, ApiError>> FindAsync(
        string connection, string id, HttpContext context, JobStore jobs, TimeProvider time, CancellationToken cancellationToken)
    {
        if (context.GetPrincipal() is not { } principal) return AuthErrors.TokenNotDefined;
        if (!Guid.TryParseExact(id, "D", out var jobId)) return NoJob;
        if (await jobs.FindAsync(principal, connection, jobId, cancellationToken) is not { } job) return NoJob;
        TellChange(context, job, time);
        return Answer(context, job);
    }

    private static async Task<Results<JsonHttpResult<Job>, ApiError>> CancelAsync(
        string connection, string id, HttpContext context, JobStore jobs, CancellationToken cancellationToken)
    {
        if (context.GetPrincipal() is not { } principal) return AuthErrors.TokenNotDefined;
        if (!Guid.TryParseExact(id, "D", out var jobId)) return NoJob;
        return await jobs.CancelAsync(principal, connection, jobId, cancellationToken) is { } job ? Answer(context, job) : NoJob;
    }

    private static async Task<Results<JsonHttpResult<JobList>, ApiError>> ListAsync(
        HttpContext context, JobStore jobs, CancellationToken cancellationToken)
    {
        if (context.GetPrincipal() is not { } principal) return AuthErrors.TokenNotDefined;
        var (page, error) = JobPage.Read(context.Request.Query);
        return error is null ? Answer(context, await jobs.ListAsync(principal, page, cancellationToken)) : error;
    }

    // Who learns here that a job is done reads what it has written from then on.
    private static void TellChange(HttpContext context, Job job, TimeProvider time)
    {
        if (job.FinishedAt is not { } finished) return;
        var ago = time.GetUtcNow().UtcDateTime - finished - ClockDifference;
        context.Response.Headers[CacheDeclaration.ChangedHeader] = $"{job.Connection};{Math.Max(0, (long)ago.TotalMilliseconds)}";
    }

    private static JsonHttpResult<T> Answer<T>(HttpContext context, T body)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(body);
    }
}
