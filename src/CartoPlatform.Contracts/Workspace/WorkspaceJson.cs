using System.Text.Json;
using System.Text.Json.Serialization;

namespace CartoPlatform.Contracts.Workspace;

/// <summary>How the records of the internal routes are written and read, and the grants in the metadata database.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(TokenRecord))]
[JsonSerializable(typeof(ConnectionRecord))]
[JsonSerializable(typeof(SigningKeysRecord))]
[JsonSerializable(typeof(AuditRecord))]
[JsonSerializable(typeof(CallerLimits))]
[JsonSerializable(typeof(NamedSourceRecord))]
[JsonSerializable(typeof(IReadOnlyList<GrantRecord>))]
public sealed partial class WorkspaceJson : JsonSerializerContext;
