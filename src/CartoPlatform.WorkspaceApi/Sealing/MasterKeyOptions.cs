using CartoPlatform.WorkspaceApi.Bootstrap;
using Microsoft.Extensions.Options;

namespace CartoPlatform.WorkspaceApi.Sealing;

/// <summary>The key under which credentials of connections are sealed.</summary>
internal sealed class MasterKeyOptions
{
    public const string Section = "Platform";

    public const string Rule = "Platform:MasterKey must be a random key of 32 bytes in base64, or not set";

    public const int KeyBytes = 32;

    private const string DefaultFile = "master-keys";

    /// <summary>32 bytes in base64. Without it, and without a file, the key is derived from the internal key, and changes with that.</summary>
    public string? MasterKey { get; set; }

    /// <summary>
    /// A file of keys in base64, one a line: the first seals, all open. It comes before <see cref="MasterKey"/>, is read again when it
    /// changes, and is written when keys are rotated; replicas share it. Not set, it is <c>master-keys</c> beside the owner's token.
    /// </summary>
    public string? MasterKeyFile { get; set; }

    public byte[]? DecodeKey() => Decode(MasterKey);

    public bool IsValid() => string.IsNullOrEmpty(MasterKey) || DecodeKey() is not null;

    internal static byte[]? Decode(string? text)
    {
        var key = new byte[KeyBytes];
        return Convert.TryFromBase64String(text ?? "", key, out var length) && length == KeyBytes ? key : null;
    }

    /// <summary>Puts the file beside the owner's token, where there is one.</summary>
    internal sealed class FilePlace(IOptions<BootstrapOptions> bootstrap) : IPostConfigureOptions<MasterKeyOptions>
    {
        public void PostConfigure(string? name, MasterKeyOptions options)
        {
            if (string.IsNullOrEmpty(options.MasterKeyFile) && bootstrap.Value.OwnerTokenFile is { Length: > 0 } file)
                options.MasterKeyFile = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file)) ?? ".", DefaultFile);
        }
    }
}
