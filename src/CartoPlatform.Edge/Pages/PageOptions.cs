namespace CartoPlatform.Edge.Pages;

/// <summary>Where the web application's static files are.</summary>
public sealed class PageOptions
{
    public const string Section = "Edge:Pages";

    /// <summary>A folder; by default <c>wwwroot</c> beside the binary. Where it does not exist there are no pages, only the API.</summary>
    public string? Folder { get; set; }
}
