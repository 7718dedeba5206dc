using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using CartoPlatform.WorkspaceClient;
using Microsoft.Extensions.Options;

namespace CartoPlatform.WorkspaceApi.Sealing;

/// <summary>
/// The keys that seal and open: those of the file, else the one of the settings, else one derived from the internal key (HKDF), which is
/// as secret and at hand in every set-up: that keeps dumps and backups safe, though not against somebody who has both the database and
/// the services' settings. What the settings give still opens when there is a file, until everything has been sealed anew.
/// </summary>
internal sealed class KeyRing
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string? _file;
    private readonly byte[] _ofSettings;
    private ImmutableArray<byte[]> _keys;

    public KeyRing(IOptions<MasterKeyOptions> master, IOptions<InternalKeyOptions> internalKey)
    {
        _file = string.IsNullOrEmpty(master.Value.MasterKeyFile) ? null : master.Value.MasterKeyFile;
        _ofSettings = master.Value.DecodeKey() ?? HKDF.DeriveKey(
            HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(internalKey.Value.InternalKey), MasterKeyOptions.KeyBytes,
            info: "carto-platform master key"u8.ToArray());
        _keys = Read();
    }

    /// <summary>The first seals.</summary>
    public ImmutableArray<byte[]> Keys => _keys;

    public bool CanRotate => _file is not null;

    /// <summary>Reads the file again: another replica may have rotated.</summary>
    public void Refresh() => _keys = Read();

    /// <summary>Puts a new key in front of those there are. It is on the disk before anything is sealed under it.</summary>
    public void Add() => Write([RandomNumberGenerator.GetBytes(MasterKeyOptions.KeyBytes), .. ReadFile()]);

    /// <summary>Forgets all keys of the file but the first: nothing is sealed under them any more.</summary>
    public void Trim() => Write([ReadFile()[0]]);

    private ImmutableArray<byte[]> Read() => [.. ReadFile(), _ofSettings];

    private List<byte[]> ReadFile()
    {
        if (_file is null || !File.Exists(_file)) return [];
        var lines = File.ReadAllLines(_file).Select(line => line.Trim()).Where(line => line.Length > 0).ToList();
        return lines.ConvertAll(line => MasterKeyOptions.Decode(line)
            ?? throw new InvalidOperationException("Platform:MasterKeyFile must hold random keys of 32 bytes in base64, one a line"));
    }

    private void Write(IReadOnlyList<byte[]> keys)
    {
        var file = _file ?? throw new InvalidOperationException("There is no file for keys");
        var next = $"{file}.{Guid.NewGuid():N}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.WriteThrough };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using (var stream = new FileStream(next, options))
            stream.Write(Encoding.ASCII.GetBytes(string.Concat(keys.Select(key => Convert.ToBase64String(key) + "\n"))));
        File.Move(next, file, overwrite: true);
        Refresh();
    }
}
