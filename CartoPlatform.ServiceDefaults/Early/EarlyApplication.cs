using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;

namespace CartoPlatform.ServiceDefaults.Early;

/// <summary>Stands between the server, which has read a request, and the host, which makes a context of it and runs the pipeline.</summary>
internal sealed class EarlyApplication<TContext>(IHttpApplication<TContext> application, IEarlyAnswers answers, EarlyGate gate, EarlyMetrics metrics, TimeProvider time)
    : IHttpApplication<EarlyContext<TContext>>
    where TContext : notnull
{
    public EarlyContext<TContext> CreateContext(IFeatureCollection contextFeatures)
    {
        var kept = contextFeatures as IHostContextContainer<EarlyContext<TContext>>;
        var context = kept?.HostContext ?? new EarlyContext<TContext>();
        if (kept is not null) kept.HostContext = context;
        (context.Features, context.StartedAt) = (contextFeatures, time.GetTimestamp());
        return context;
    }

    // Not before: what is thrown here the server answers, and what is thrown while a context is made ends the connection.
    public Task ProcessRequestAsync(EarlyContext<TContext> context)
    {
        var request = context.Features!;
        if (gate.IsOpen(request) && answers.TryAnswer(request) is { } answering) return answering;
        return application.ProcessRequestAsync(context.GoOn(application.CreateContext(request)));
    }

    public void DisposeContext(EarlyContext<TContext> context, Exception? exception)
    {
        if (context.GoesOn) application.DisposeContext(context.Inner!, exception);
        else metrics.Record(context.Features!, time.GetElapsedTime(context.StartedAt), exception);
        context.Reset();
    }
}
