using System.Buffers.Text;
using System.Security.Cryptography;

namespace CartoPlatform.EmbeddedPostGis.Secrets;

/// <summary>
/// Generated secrets of one platform: a file each under <c>secrets/</c> of the data folder, for the owner's eyes alone.
/// </summary>
public sealed class SecretFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _directory;

    public SecretFolder(string dataFolder)
    {
        _directory = Path.Combine(dataFolder, "secrets");
        Directory.CreateDirectory(_directory, OwnerOnly | UnixFileMode.UserExecute);
        foreach (var unfinished in Directory.EnumerateFiles(_directory, "*.new"))
            File.Delete(unfinished);
    }

    public string PathOf(string name) => Path.Combine(_directory, name);

    /// <summary>A password, made at the first call: 32 random bytes, in letters that need no quoting in URLs, SQL and shells.</summary>
    public string Password(string name) => GetOrCreate(name, () => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)));

    /// <summary>A key of 32 random bytes in base64, made at the first call.</summary>
    public string Key(string name) => GetOrCreate(name, () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));

    private string GetOrCreate(string name, Func<string> create)
    {
        var path = PathOf(name);
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } known)
            return known;

        var value = create();
        var unfinished = path + ".new";
        using (var stream = new FileStream(unfinished, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(value + "\n"));
            // A password that the database knows and the disk does not would lock us out.
            stream.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path, overwrite: true);
        return value;
    }
}
