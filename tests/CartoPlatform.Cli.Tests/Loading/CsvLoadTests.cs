using System.IO.Compression;
using System.Text;
using CartoPlatform.Testing.PostGis;

namespace CartoPlatform.Cli.Tests.Loading;

public sealed class CsvLoadTests(PostGisFixture database) : LoadedFile(database), IClassFixture<PostGisFixture>
{
    [Fact]
    public async Task Columns_get_the_types_of_all_their_values()
    {
        var path = Write("t.csv", "id,name,share,open,zip,day,at,lon,lat\n1,a,0.5,true,01234,2024-05-01,2024-05-01T10:00:00+02:00,8.5,47.4\n2,,2,false,1,2024-05-02,2024-05-01 10:00,9,48\n");

        Assert.Equal(2, await LoadAsync(path, "csv_types"));

        Assert.Equal(
            "id bigint|name text|share double precision|open boolean|zip text|day date|at timestamp with time zone|lon double precision|lat double precision|geom geometry(Point,4326)",
            await ColumnsAsync("csv_types"));
        Assert.Equal("POINT(8.5 47.4)|POINT(9 48)", await AskAsync("SELECT ST_AsText(geom) FROM csv_types ORDER BY id"));
        Assert.Equal("2024-05-01 08:00:00+00|2024-05-01 10:00:00+00", await AskAsync("SELECT at AT TIME ZONE 'UTC' || '+00' FROM csv_types ORDER BY id"));
        Assert.Equal("a|NULL", await AskAsync("SELECT name FROM csv_types ORDER BY id"));
    }

    [Theory]
    [InlineData("Longitude;Latitude;n\n8,5;47,4;x\n", "semicolons_and_commas")]
    [InlineData("lng\tlat\tn\n8.5\t47.4\tx\n", "tabs")]
    [InlineData("X|Y|n\n8.5|47.4|x\n", "bars")]
    [InlineData("\uFEFFlon,lat,n\r\n 8.5, 47.4,x\r\n\r\n", "mark_blanks_and_line_ends")]
    [InlineData("n,the_geom\nx,SRID=4326;POINT(8.5 47.4)\n", "ewkt")]
    [InlineData("n,geojson\nx,\"{\"\"type\"\":\"\"Point\"\",\"\"coordinates\"\":[8.5,47.4]}\"\n", "json_in_a_field")]
    [InlineData("n,geom\nx,0101000020E610000000000000000021403333333333B34740\n", "hex")]
    public async Task Usual_dialects_and_columns_are_understood(string text, string table)
    {
        Assert.Equal(1, await LoadAsync(Write("d.csv", text), table));

        Assert.StartsWith("POINT(8.5 47.4", await AskAsync($"SELECT ST_AsText(geom, 5) FROM {table}"), StringComparison.Ordinal);
        Assert.Equal("x", await AskAsync($"SELECT n FROM {table}"));
    }

    [Fact]
    public async Task Quotes_line_breaks_and_backslashes_arrive_as_they_are()
    {
        var path = Write("q.csv", "n,text,lon,lat\n1,\"a \"\"b\"\", \nc\\N\",8,47\n2,5\" of snow,8,47\n3,\\N,8,47\n");

        await LoadAsync(path, "csv_quotes");

        Assert.Equal("a \"b\", \nc\\N|5\" of snow|\\N", await AskAsync("SELECT text FROM csv_quotes ORDER BY n"));
    }

    [Fact]
    public async Task Row_without_a_place_is_kept()
    {
        await LoadAsync(Write("p.csv", "id,lon,lat\n1,,\n2,8,47\n"), "csv_places");

        Assert.Equal("NULL|POINT(8 47)", await AskAsync("SELECT ST_AsText(geom) FROM csv_places ORDER BY id"));
    }

    [Fact]
    public async Task Packed_and_utf16_files_are_read()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionMode.Compress))
            await gzip.WriteAsync("lon,lat\n8,47\n"u8.ToArray());

        Assert.Equal(1, await LoadAsync(Write("z.csv.gz", packed.ToArray()), "csv_packed"));
        Assert.Equal(1, await LoadAsync(Write("u.csv", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("name,lon,lat\nZürich,8,47\n")]), "csv_utf16"));
        Assert.Equal("Zürich", await AskAsync("SELECT name FROM csv_utf16"));
    }

    [Fact]
    public async Task File_without_coordinates_becomes_a_table_of_attributes_in_its_order()
    {
        Assert.Equal(2, await LoadAsync(Write("cells.csv", "h3,quadbin,value\n8928308280fffff,5192650370358181887,7\n85283473fffffff,5193776270265024511,\n"), "csv_cells"));

        Assert.Equal("h3 text|quadbin bigint|value bigint", await ColumnsAsync("csv_cells"));
        Assert.Equal("8928308280fffff 85283473fffffff", await AskAsync("SELECT string_agg(h3, ' ' ORDER BY ctid) FROM csv_cells"));
        Assert.Equal("2", await AskAsync("SELECT count(*)::text FROM pg_index WHERE indrelid = 'csv_cells'::regclass"));
    }

    [Theory]
    [InlineData("id,lon,lat\n1,8,47\n2,x,47\n", "line 3: lon 'x' is not a number")]
    [InlineData("id,lon,lat\n1,8,47\n2,8,\n", "line 3: one of lon and lat is empty")]
    [InlineData("id,lon,lat\n1,8,NaN\n", "line 2: lat 'NaN' is not a number")]
    [InlineData("id,lon,lat\n1,8,47\n2,8\n", "line 3: 2 fields were found where the header has 3")]
    [InlineData("id,lon,lat\n\"a\nb\",8,47\n2,8,47,1\n", "line 4: 4 fields")]
    [InlineData("id,lon,lat\n1,8,47\n2,8,97\n", "line 3: POINT(8 97) is not on the globe")]
    [InlineData("id,x,y\n1,950000,6000000\n", "line 2: POINT(950000 6000000) is not on the globe")]
    [InlineData("id,wkt\n1,POINT(1 2)\n2,POINT(1\n", "line 3: geom: parse error")]
    [InlineData("id,wkt\n1,hello\n", "line 2: geom: parse error")]
    [InlineData("id,lon,lat\n", "there are no rows")]
    [InlineData("", "there are no rows")]
    [InlineData("id,lon,lat\n1,8,47\n2,\"8,47\n", "line 3: a field in quotation marks does not end")]
    [InlineData("id,lon,lat\na\0b,8,47\n", "line 2: invalid byte sequence")]
    public async Task Bad_file_names_its_line_and_leaves_nothing(string text, string message) =>
        await RefusedAsync(Write("bad.csv", text), "csv_bad", message);

    [Fact]
    public async Task Text_in_another_encoding_says_how_to_convert_it() =>
        await RefusedAsync(Write("latin1.csv", Encoding.Latin1.GetBytes("name,lon,lat\nZürich,8,47\n")), "csv_latin1", "line 2: the text is not UTF-8");

    [Fact]
    public async Task Damaged_gzip_is_one_sentence() =>
        await RefusedAsync(Write("damaged.csv.gz", "not gzip at all, but long enough"), "csv_damaged", "the packed file is damaged");

    [Fact]
    public async Task Too_many_columns_are_refused()
    {
        var header = string.Join(',', Enumerable.Range(0, 1_600).Select(number => $"c{number}"));
        var row = string.Join(',', Enumerable.Repeat("1", 1_600));

        await RefusedAsync(Write("wide.csv", $"lon,lat,{header}\n1,2,{row}\n"), "csv_wide", "more than 1500 columns");
    }
}
