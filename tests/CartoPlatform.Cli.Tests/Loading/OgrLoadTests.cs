using System.IO.Compression;
using CartoPlatform.Cli.Loading;
using CartoPlatform.Cli.Loading.Ogr;
using CartoPlatform.Testing.PostGis;

namespace CartoPlatform.Cli.Tests.Loading;

/// <summary>GDAL makes the files, our loader reads them.</summary>
public sealed class OgrLoadTests(PostGisFixture database) : LoadedFile(database), IClassFixture<PostGisFixture>
{
    private const string Source = "id,name,lon,lat\n1,Zürich,8.54,47.37\n2,Bern,7.44,46.95\n";

    [Fact]
    public async Task Shapefile_in_another_system_arrives_in_degrees()
    {
        await MakeAsync("ESRI Shapefile", "places.shp", "EPSG:2056");

        Assert.Equal(2, await LoadAsync(Path.Combine(FolderPath, "places.shp"), "ogr_shape"));

        Assert.Equal("POINT(8.54 47.37)|POINT(7.44 46.95)", await AskAsync("SELECT ST_AsText(geom, 4) FROM ogr_shape ORDER BY id"));
        Assert.Equal("Zürich|Bern", await AskAsync("SELECT name FROM ogr_shape ORDER BY id"));
    }

    [Fact]
    public async Task Zipped_shapefile_without_a_system_is_taken_for_degrees()
    {
        await MakeAsync("ESRI Shapefile", "zipped.shp", "EPSG:4326");
        var zip = Path.Combine(FolderPath, "zipped.zip");
        await using (var archive = await ZipFile.OpenAsync(zip, ZipArchiveMode.Create))
        {
            foreach (var part in Directory.GetFiles(FolderPath, "zipped.*").Where(part => !part.EndsWith(".prj", StringComparison.Ordinal) && part != zip))
                await archive.CreateEntryFromFileAsync(part, Path.GetFileName(part));
        }

        Assert.Equal(2, await LoadAsync(zip, "ogr_zip"));
        Assert.Equal("POINT(8.54 47.37)|POINT(7.44 46.95)", await AskAsync("SELECT ST_AsText(geom, 4) FROM ogr_zip ORDER BY id"));
    }

    [Theory]
    [InlineData("inner/", "ogr_folded")]
    [InlineData("data/inner dir/", "ogr_deep")]
    public async Task Zipped_folder_with_a_shapefile_is_looked_into(string folder, string table)
    {
        await MakeAsync("ESRI Shapefile", "folded.shp", "EPSG:2056");
        var zip = await ZipAsync("folded", "folded_up.zip", folder, "folded.shp", "folded.shx", "folded.dbf", "folded.prj");

        Assert.Equal(2, await LoadAsync(zip, table));
        Assert.Equal("POINT(8.54 47.37)|POINT(7.44 46.95)", await AskAsync($"SELECT ST_AsText(geom, 4) FROM {table} ORDER BY id"));
    }

    [Fact]
    public async Task Zipped_shapefile_that_lacks_a_part_is_told_which()
    {
        await MakeAsync("ESRI Shapefile", "partial.shp", "EPSG:4326");
        var zip = await ZipAsync("partial", "part.zip", "sub/", "partial.shp", "partial.dbf");

        var refused = await Assert.ThrowsAsync<LoadException>(() => LoadAsync(zip, "ogr_part"));

        Assert.Contains("sub/partial.shp is there without its .shx", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GeoPackage_lists_its_layers()
    {
        await MakeAsync("GPKG", "two.gpkg", "EPSG:4326", "-nln", "first layer");
        await MakeAsync("GPKG", "two.gpkg", "EPSG:4326", "-nln", "second", "-update");

        var layers = await new DataFile(Path.Combine(FolderPath, "two.gpkg")).LayersAsync(CancellationToken.None);

        Assert.Equal(["public.first_layer", "public.second"], layers.Select(layer => layer.Table.ToString()));
    }

    [Theory]
    [InlineData("broken.gpkg")]
    [InlineData("broken.shp")]
    [InlineData("broken.zip")]
    public async Task File_that_GDAL_cannot_read_is_one_sentence(string name)
    {
        var refused = await Assert.ThrowsAsync<LoadException>(() => LoadAsync(Write(name, "nonsense"), "ogr_broken"));

        Assert.Contains("GDAL cannot read it: it is ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    private async Task<string> ZipAsync(string name, string file, string folder, params string[] parts)
    {
        var zip = Path.Combine(FolderPath, file);
        File.Delete(zip);
        await using var archive = await ZipFile.OpenAsync(zip, ZipArchiveMode.Create);
        foreach (var part in parts) await archive.CreateEntryFromFileAsync(Path.Combine(FolderPath, part), folder + part);
        // What a Mac adds.
        archive.CreateEntry($"__MACOSX/{folder}._{name}.shp");
        return zip;
    }

    private async Task MakeAsync(string format, string name, string system, params string[] extra)
    {
        var source = Write("source.csv", Source);
        var (exitCode, _, error) = await OgrTool.RunAsync(
            "ogr2ogr",
            ["-f", format, "-s_srs", "EPSG:4326", "-t_srs", system, "-oo", "X_POSSIBLE_NAMES=lon", "-oo", "Y_POSSIBLE_NAMES=lat", "-oo", "AUTODETECT_TYPE=YES", .. extra, Path.Combine(FolderPath, name), source],
            CancellationToken.None);
        Assert.True(exitCode == 0, error);
    }
}
