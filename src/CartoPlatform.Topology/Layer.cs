namespace CartoPlatform.Topology;

/// <summary>The zone that a service belongs to (docs/architecture.md).</summary>
public enum Layer
{
    Web,
    App,
}
