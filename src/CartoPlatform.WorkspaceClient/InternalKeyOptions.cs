using System.ComponentModel.DataAnnotations;

namespace CartoPlatform.WorkspaceClient;

/// <summary>The secret that the services of one platform share, sent in <c>X-Carto-Internal-Key</c>.</summary>
public sealed class InternalKeyOptions
{
    public const string Section = "Platform";

    private const string Rule =
        "Platform:InternalKey must be a secret text of at least 16 ASCII letters, digits and signs, the same for all services of a platform";

    // It is sent as a header: printable ASCII without spaces.
    [Required(ErrorMessage = Rule)]
    [RegularExpression("[!-~]{16,}", ErrorMessage = Rule)]
    public string InternalKey { get; set; } = "";
}
