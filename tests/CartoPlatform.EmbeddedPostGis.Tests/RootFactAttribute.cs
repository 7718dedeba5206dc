namespace CartoPlatform.EmbeddedPostGis.Tests;

/// <summary>A test of what only root can do: hand the server to another account, mount a small disk.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (Environment.UserName != "root")
            Skip = "needs root";
    }
}
