namespace CartoPlatform.WorkspaceClient;

/// <summary>The Workspace API, or the metadata database behind it, cannot be asked now. Public answers turn it into 503.</summary>
public sealed class WorkspaceUnavailableException : Exception
{
    public WorkspaceUnavailableException(string message)
        : base(message)
    {
    }

    public WorkspaceUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
