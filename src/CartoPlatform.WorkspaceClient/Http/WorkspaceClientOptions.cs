using System.ComponentModel.DataAnnotations;

namespace CartoPlatform.WorkspaceClient.Http;

/// <summary>Where the Workspace API is, for a service in another process.</summary>
public sealed class WorkspaceClientOptions
{
    public const string Section = "Workspace";

    /// <summary>Base URL of the Workspace API's internal port; of several replicas, with semicolons between them.</summary>
    [Required(ErrorMessage = "Workspace:Url is not set: it is the base URL of the Workspace API's internal port, such as http://127.0.0.1:9005")]
    public string? Url { get; set; }
}
