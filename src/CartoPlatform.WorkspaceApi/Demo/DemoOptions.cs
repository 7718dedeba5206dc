namespace CartoPlatform.WorkspaceApi.Demo;

/// <summary>The first page at <c>/</c>, a map of the sample data that needs no sign-in.</summary>
internal sealed class DemoOptions
{
    public const string Section = "Demo";

    public const string Connection = "carto_dw";

    public bool Enabled { get; set; }
}
