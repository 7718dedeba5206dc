using CartoPlatform.EmbeddedPostGis.Secrets;

namespace CartoPlatform.EmbeddedPostGis.Tests.Secrets;

public sealed class SecretFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carto-secrets-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Password_is_made_once_and_kept()
    {
        var first = new SecretFolder(_folder).Password("one");

        Assert.Equal(first, new SecretFolder(_folder).Password("one"));
        Assert.Equal(43, first.Length);
        Assert.NotEqual(first, new SecretFolder(_folder).Password("two"));
    }

    [Fact]
    public void Key_is_base64_of_32_bytes()
    {
        Assert.Equal(32, Convert.FromBase64String(new SecretFolder(_folder).Key("key")).Length);
    }

    [Fact]
    public void Files_are_for_their_owner_alone()
    {
        var secrets = new SecretFolder(_folder);
        secrets.Password("one");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(secrets.PathOf("one")));
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(Path.Combine(_folder, "secrets")));
    }

    [Fact]
    public void Empty_file_of_a_full_disk_is_replaced()
    {
        var secrets = new SecretFolder(_folder);
        File.WriteAllText(secrets.PathOf("one"), "\n");

        Assert.Equal(43, secrets.Password("one").Length);
    }
}
