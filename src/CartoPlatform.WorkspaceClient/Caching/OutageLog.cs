using Microsoft.Extensions.Logging;

namespace CartoPlatform.WorkspaceClient.Caching;

/// <summary>One line when what is known begins to be used without the Workspace API, and one when it answers again.</summary>
internal sealed partial class OutageLog(ILogger<OutageLog> logger)
{
    private int _isOut;

    public void Begin(WorkspaceUnavailableException exception)
    {
        if (Interlocked.Exchange(ref _isOut, 1) == 0) LogBegin(exception.Message);
    }

    public void End()
    {
        if (Volatile.Read(ref _isOut) == 1 && Interlocked.Exchange(ref _isOut, 0) == 1) LogEnd();
    }

    [LoggerMessage(5102, LogLevel.Warning, "Known tokens and connections are used without the Workspace API: {Reason}")]
    private partial void LogBegin(string reason);

    [LoggerMessage(5103, LogLevel.Information, "The Workspace API answers again")]
    private partial void LogEnd();
}
