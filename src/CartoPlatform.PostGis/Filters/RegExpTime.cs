using System.Globalization;
using CartoPlatform.PostGis.Connections;
using Microsoft.Extensions.Options;

namespace CartoPlatform.PostGis.Filters;

/// <summary>The time of statements that filter by a regular expression, which is shorter than that of others.</summary>
public sealed class RegExpTime(IOptions<PoolOptions> options, TimeProvider time)
{
    /// <param name="values">Of the statement.</param>
    /// <param name="run">Runs it.</param>
    /// <param name="cancellationToken">Of the caller, and of the time that every statement has.</param>
    /// <exception cref="RegExpTimeException">The time is over.</exception>
    public async Task<T> RunAsync<T>(SqlParameterList values, Func<CancellationToken, Task<T>> run, CancellationToken cancellationToken)
    {
        if (!values.HoldsRegExp) return await run(cancellationToken);
        using var limit = new CancellationTokenSource(options.Value.RegExpTimeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await run(either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var seconds = options.Value.RegExpTimeLimit.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
            throw new RegExpTimeException($"The filter by regular expression took longer than {seconds} seconds: simplify it, or filter by text");
        }
    }
}

/// <summary>A regular expression took too long. The message says so to the caller.</summary>
public sealed class RegExpTimeException(string message) : Exception(message);
