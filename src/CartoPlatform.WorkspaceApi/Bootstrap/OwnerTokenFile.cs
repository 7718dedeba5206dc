using System.Text;
using CartoPlatform.Auth.Tokens;

namespace CartoPlatform.WorkspaceApi.Bootstrap;

/// <summary>The file that holds the owner's token: readable by its user alone, and never seen half written.</summary>
internal sealed class OwnerTokenFile(string path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The text in the file; null when there is no file, or something in it that cannot be a token.</summary>
    public async Task<string?> ReadAsync(CancellationToken cancellationToken)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length > TokenVerifier.MaxLength) return null;
        var text = (await File.ReadAllTextAsync(path, cancellationToken)).Trim();
        // A copy tool may have widened it.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, OwnerOnly);
        return text;
    }

    public async Task WriteAsync(string token, CancellationToken cancellationToken)
    {
        var next = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            await WriteThroughAsync(next, token + "\n", cancellationToken);
            File.Move(next, path, overwrite: true);
        }
        finally
        {
            File.Delete(next);
        }
    }

    private static async Task WriteThroughAsync(string file, string text, CancellationToken cancellationToken)
    {
        // Written through: the rename must not outlive the content.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.WriteThrough };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        await using var stream = new FileStream(file, options);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text), cancellationToken);
    }
}
