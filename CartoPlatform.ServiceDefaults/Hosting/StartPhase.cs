using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CartoPlatform.ServiceDefaults.Hosting;

/// <summary>
/// The time until a service answers. What goes wrong in it is a matter of settings and surroundings, so the service says so in one
/// sentence and exits with 1; the host's own words for it, with a stack trace each, are kept back.
/// </summary>
internal sealed class StartPhase : IHostedLifecycleService
{
    /// <summary>What the supervisor looks for in the output of a service that has ended (Topology's ServiceLog).</summary>
    private const string Mark = "carto: ";

    /// <summary>Those that log what also flies out of the start.</summary>
    public static readonly string[] Echoes = ["Microsoft.Extensions.Hosting.Internal.Host", "Microsoft.AspNetCore.Server.Kestrel"];

    public bool IsOver { get; private set; }

    /// <summary>The exception itself still flies: who hosts the service in a process of his own, as tests do, can catch it.</summary>
    public static void Watch() => AppDomain.CurrentDomain.UnhandledException += OnUnhandled;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        IsOver = true;
        AppDomain.CurrentDomain.UnhandledException -= OnUnhandled;
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Null for what is no matter of settings: a bug, which needs its stack trace.</summary>
    internal static string? Explain(Exception exception) => exception switch
    {
        OptionsValidationException invalid => string.Join("; ", invalid.Failures.Select(Bare)),
        AggregateException { InnerExceptions: var all } when all.All(one => Explain(one) is not null) => string.Join("; ", all.Select(Explain)),
        IOException or UnauthorizedAccessException or InvalidOperationException or DbException or HttpRequestException => exception.Message,
        _ => null,
    };

    /// <summary>The annotation's own message, out of "DataAnnotation validation failed for … with the error: '…'.".</summary>
    private static string Bare(string failure)
    {
        const string Before = "with the error: '";
        var start = failure.IndexOf(Before, StringComparison.Ordinal);
        return start < 0 ? failure : failure[(start + Before.Length)..].TrimEnd('.', '\'');
    }

    private static void OnUnhandled(object sender, UnhandledExceptionEventArgs failure)
    {
        if (failure.ExceptionObject is not Exception exception || Explain(exception) is not { } sentence)
            return;

        Console.Error.WriteLine(Mark + sentence.ReplaceLineEndings(" ").Trim());
        Environment.Exit(1);
    }
}
