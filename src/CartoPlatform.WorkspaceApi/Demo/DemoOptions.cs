namespace CartoPlatform.WorkspaceApi.Demo;

/// <summary>The first page at <c>/</c>, a map of the sample data that needs no sign-in.</summary>
internal sealed class DemoOptions
{
    public const string Section = "Demo";

    /// <summary>All that the page may see.</summary>
    public const string Connection = "carto_dw";

    public const string Tables = "demo.*";

    public bool Enabled { get; set; }
}
