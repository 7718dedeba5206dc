using System.ComponentModel.DataAnnotations;

namespace CartoPlatform.WorkspaceClient;

/// <summary>The secret that the services of one platform share, sent in <c>X-Carto-Internal-Key</c>.</summary>
public sealed class InternalKeyOptions
{
    public const string Section = "Platform";

    [Required(ErrorMessage = "Platform:InternalKey is not set: it is a secret text of at least 16 characters, the same for all services of a platform")]
    [MinLength(16, ErrorMessage = "Platform:InternalKey is shorter than 16 characters")]
    [RegularExpression("[!-~]*", ErrorMessage = "Platform:InternalKey may hold printable ASCII characters without spaces only: it is sent as a header")]
    public string InternalKey { get; set; } = "";
}
