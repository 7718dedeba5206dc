namespace CartoPlatform.Topology;

/// <summary>The zone that a service or a store belongs to (docs/architecture.md).</summary>
public enum Layer
{
    Web,
    App,
    Data,
}
