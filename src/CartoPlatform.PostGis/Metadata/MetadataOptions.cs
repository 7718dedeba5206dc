using System.ComponentModel.DataAnnotations;

namespace CartoPlatform.PostGis.Metadata;

/// <summary>The database that holds the platform's own state, in its schema <c>platform</c>.</summary>
public sealed class MetadataOptions
{
    public const string Section = "Metadata";

    [Required(ErrorMessage = "Metadata:ConnectionString is not set: it is the Npgsql connection string of the metadata database")]
    public string ConnectionString { get; set; } = "";
}
