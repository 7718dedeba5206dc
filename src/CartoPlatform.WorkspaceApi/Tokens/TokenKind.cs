namespace CartoPlatform.WorkspaceApi.Tokens;

/// <summary>Values of <c>platform.tokens.kind</c>.</summary>
internal static class TokenKind
{
    /// <summary>The owner's: everything. At most one is valid.</summary>
    public const string Owner = "owner";

    /// <summary>The public one of the demo page. At most one is valid.</summary>
    public const string Demo = "demo";

    /// <summary>What users make.</summary>
    public const string Api = "api";
}
