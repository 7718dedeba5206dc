namespace CartoPlatform.EmbeddedPostGis;

/// <summary>The embedded database cannot be had. The message is one sentence for the person at the keyboard.</summary>
public sealed class ClusterException : Exception
{
    public ClusterException(string message)
        : base(message)
    {
    }

    public ClusterException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
