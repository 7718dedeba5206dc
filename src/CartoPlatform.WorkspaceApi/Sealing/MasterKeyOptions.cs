namespace CartoPlatform.WorkspaceApi.Sealing;

/// <summary>The key under which credentials of connections are sealed.</summary>
internal sealed class MasterKeyOptions
{
    public const string Section = "Platform";

    public const string Rule = "Platform:MasterKey must be a random key of 32 bytes in base64, or not set";

    public const int KeyBytes = 32;

    /// <summary>32 bytes in base64. Without it the key is derived from the internal key, and changes with that.</summary>
    public string? MasterKey { get; set; }

    public byte[]? DecodeKey()
    {
        var key = new byte[KeyBytes];
        return Convert.TryFromBase64String(MasterKey ?? "", key, out var length) && length == KeyBytes ? key : null;
    }

    public bool IsValid() => string.IsNullOrEmpty(MasterKey) || DecodeKey() is not null;
}
