using Microsoft.AspNetCore.Builder;

namespace CartoPlatform.ServiceDefaults.Tests;

/// <summary>Settings as files, which is how containers are given secrets.</summary>
public sealed class SecretFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carto-secrets-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void File_is_a_setting_and_its_last_line_break_is_not_part_of_it()
    {
        File.WriteAllText(Path.Combine(_folder, "Tokens__SigningKey"), "secret\n");

        var builder = WebApplication.CreateBuilder([$"--Secrets:Folder={_folder}"]);
        builder.AddServiceDefaults();

        Assert.Equal("secret", builder.Configuration["Tokens:SigningKey"]);
    }

    [Fact]
    public void Folder_that_is_not_there_holds_nothing()
    {
        var builder = WebApplication.CreateBuilder([$"--Secrets:Folder={_folder}/none"]);
        builder.AddServiceDefaults();

        Assert.Null(builder.Configuration["Tokens:SigningKey"]);
    }
}
