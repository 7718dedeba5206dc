using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace CartoPlatform.WorkspaceApi.Metadata;

/// <summary>One step of the schema. Its checksum tells whether the text that a database was made with is the one we have.</summary>
internal sealed record Migration(int Version, string Name, string Sql)
{
    public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    /// <summary>The files in <c>Migrations/</c>, which are part of the assembly, in order.</summary>
    public static IReadOnlyList<Migration> All { get; } = Load(typeof(Migration).Assembly);

    private static List<Migration> Load(Assembly assembly)
    {
        const string Folder = "Migrations/";
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(resource => resource.StartsWith(Folder, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(resource => Read(assembly, resource, resource[Folder.Length..])),
        ];
    }

    private static Migration Read(Assembly assembly, string resource, string file)
    {
        // The name comes from the list of names, so the resource is there.
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        var digits = file.IndexOf('_', StringComparison.Ordinal);
        var version = int.Parse(file.AsSpan(0, digits), CultureInfo.InvariantCulture);
        return new Migration(version, Path.GetFileNameWithoutExtension(file), reader.ReadToEnd());
    }
}
