using System.Globalization;
using System.Security.Cryptography;

namespace CartoPlatform.EmbeddedPostGis.Containers;

/// <summary>
/// Says, in a data folder, that its database lies in a volume of the container engine: the name of both, the image that made it, and
/// the port. Four lines of text.
/// </summary>
/// <param name="Name">Of the container and of its volume.</param>
/// <param name="Image">It stays with the folder: another major version could not read its files.</param>
/// <param name="Port">Of loopback; clients may have remembered it.</param>
/// <param name="IsComplete">False until the database has answered once: what is there until then is a half-made one, without data.</param>
internal sealed record ContainerMark(string Name, string Image, int Port, bool IsComplete)
{
    private const string Complete = "complete";

    /// <summary>Null where there is none. One that cannot be read is an error: making a new database would hide the data.</summary>
    public static ContainerMark? Read(string dataFolder)
    {
        var path = PathIn(dataFolder);
        if (!File.Exists(path))
            return null;

        return File.ReadAllLines(path) is [{ Length: > 0 } name, { Length: > 0 } image, var port, .. var rest]
            && int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? new ContainerMark(name, image, number, rest.Contains(Complete))
                : throw new ClusterException($"{path} does not say which container holds the database (name, image and port, a line each): bring that file back, or use another data folder with --data.");
    }

    /// <summary>A random name: a folder that was removed and made again must not meet the database of the first one.</summary>
    public static ContainerMark New(string image, int port) =>
        new($"carto-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}", image, port, IsComplete: false);

    public void Write(string dataFolder)
    {
        var path = PathIn(dataFolder);
        File.WriteAllLines(path + ".new", [Name, Image, Port.ToString(CultureInfo.InvariantCulture), IsComplete ? Complete : ""]);
        File.Move(path + ".new", path, overwrite: true);
    }

    private static string PathIn(string dataFolder) => Path.Combine(dataFolder, "container");
}
