namespace CartoPlatform.Topology.Running;

/// <summary>A service could not be started or kept running. The message is one sentence for the person at the keyboard.</summary>
public sealed class ServiceException(string message) : Exception(message);
