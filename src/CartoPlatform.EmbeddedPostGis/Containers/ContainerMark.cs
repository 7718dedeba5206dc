using System.Security.Cryptography;

namespace CartoPlatform.EmbeddedPostGis.Containers;

/// <summary>Says, in a data folder, that its database lies in a volume of the container engine, and under which name.</summary>
internal sealed record ContainerMark(string Name, string Image)
{
    public static ContainerMark? Read(string dataFolder) =>
        File.Exists(PathIn(dataFolder)) && File.ReadAllLines(PathIn(dataFolder)) is [var name, var image, ..]
            ? new ContainerMark(name, image)
            : null;

    /// <summary>The image stays with the folder: another major version could not read its files.</summary>
    public static ContainerMark GetOrCreate(string dataFolder, string image)
    {
        if (Read(dataFolder) is { } known)
            return known;

        var mark = new ContainerMark($"carto-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}", image);
        File.WriteAllLines(PathIn(dataFolder), [mark.Name, mark.Image]);
        return mark;
    }

    private static string PathIn(string dataFolder) => Path.Combine(dataFolder, "container");
}
