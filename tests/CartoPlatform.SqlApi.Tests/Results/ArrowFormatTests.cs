using System.Net;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Results;

/// <summary>Answers as an Arrow stream, read by Arrow's own reader.</summary>
public sealed class ArrowFormatTests(SqlFixture fixture) : IClassFixture<SqlFixture>
{
    [Fact]
    public async Task Arrow_is_a_stream_of_batches_with_every_row_in_its_order()
    {
        using var response = await GetAsync("SELECT i, 'row ' || i AS name FROM generate_series(1, 50000) i");

        Assert.Equal("application/vnd.apache.arrow.stream", response.Content.Headers.ContentType?.ToString());
        var batches = await ReadAsync(response);
        Assert.True(batches.Count > 1);
        Assert.Equal(Enumerable.Range(1, 50_000), batches.SelectMany(batch => ((Int32Array)batch.Column("i")).Select(value => value ?? 0)));
        Assert.Equal("row 50000", ((StringArray)batches[^1].Column("name")).GetString(batches[^1].Length - 1));
    }

    [Theory]
    [InlineData("1::int2", typeof(Int16Type), (short)1)]
    [InlineData("-2147483648", typeof(Int32Type), int.MinValue)]
    [InlineData("9007199254740993", typeof(Int64Type), 9_007_199_254_740_993)]
    [InlineData("0.1::real", typeof(FloatType), 0.1f)]
    [InlineData("'-Infinity'::float8", typeof(DoubleType), double.NegativeInfinity)]
    [InlineData("'NaN'::float8", typeof(DoubleType), double.NaN)]
    [InlineData("-12.50::numeric", typeof(DoubleType), -12.5)]
    [InlineData("'NaN'::numeric", typeof(DoubleType), double.NaN)]
    [InlineData("'Infinity'::numeric", typeof(DoubleType), double.PositiveInfinity)]
    [InlineData("true", typeof(BooleanType), true)]
    [InlineData("'ñ\"'::text", typeof(StringType), "ñ\"")]
    [InlineData("'1 day'::interval", typeof(StringType), "1 day")]
    [InlineData("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", typeof(StringType), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")]
    [InlineData("ARRAY['a', NULL]", typeof(StringType), "[\"a\",null]")]
    [InlineData("'{\"a\": 1}'::jsonb", typeof(StringType), "{\"a\": 1}")]
    [InlineData("ROW(1, 'a')", typeof(StringType), "{\"f1\":1,\"f2\":\"a\"}")]
    public async Task Value_has_the_type_and_form_of_arrow(string sql, Type type, object expected)
    {
        var batch = await ReadOneAsync($"SELECT {sql} AS v UNION ALL SELECT NULL");

        Assert.IsType(type, batch.Schema.GetFieldByName("v").DataType);
        object? value = batch.Column("v") switch
        {
            StringArray texts => texts.GetString(0),
            Int16Array numbers => numbers.GetValue(0),
            Int32Array numbers => numbers.GetValue(0),
            Int64Array numbers => numbers.GetValue(0),
            FloatArray numbers => numbers.GetValue(0),
            DoubleArray numbers => numbers.GetValue(0),
            BooleanArray truths => truths.GetValue(0),
            var other => other,
        };
        Assert.Equal(expected, value);
        Assert.True(batch.Column("v").IsNull(1));
    }

    [Fact]
    public async Task Times_count_from_1970_and_infinity_is_null()
    {
        var batch = await ReadOneAsync(
            "SELECT '1969-12-31'::date AS d, '2024-02-29 12:00:00.000001'::timestamp AS t, '2024-02-29 12:00:00+02'::timestamptz AS z, 'infinity'::date AS i, '-infinity'::timestamptz AS j");

        Assert.Equal(-1, ((Date32Array)batch.Column("d")).Values[0]);
        Assert.Equal((DateTime.UnixEpoch - new DateTime(2024, 2, 29, 12, 0, 0, DateTimeKind.Utc).AddMicroseconds(1)).Ticks / -10, ((TimestampArray)batch.Column("t")).Values[0]);
        Assert.Null(((TimestampType)batch.Schema.GetFieldByName("t").DataType).Timezone);
        Assert.Equal(new DateTimeOffset(2024, 2, 29, 10, 0, 0, TimeSpan.Zero), ((TimestampArray)batch.Column("z")).GetTimestamp(0));
        Assert.Equal("UTC", ((TimestampType)batch.Schema.GetFieldByName("z").DataType).Timezone);
        Assert.True(batch.Column("i").IsNull(0) && batch.Column("j").IsNull(0));
    }

    [Theory]
    [InlineData("SRID=4326;POINT(1 2)")]
    [InlineData("POINT(1 2)")]
    [InlineData("POINT EMPTY")]
    [InlineData("LINESTRING Z(1 2 3,4 5 6)")]
    [InlineData("POLYGON((0 0,4 0,4 4,0 0),(1 1,2 1,2 2,1 1))")]
    [InlineData("MULTIPOINT M(1 2 3,4 5 6)")]
    [InlineData("MULTILINESTRING((0 0,1 1),(2 2,3 3))")]
    [InlineData("MULTIPOLYGON ZM(((0 0 1 1,4 0 1 1,4 4 1 1,0 0 1 1)))")]
    [InlineData("GEOMETRYCOLLECTION(POINT(1 2),LINESTRING EMPTY)")]
    [InlineData("TIN(((0 0,0 1,1 1,0 0)))", "MULTIPOLYGON(((0 0,0 1,1 1,0 0)))")]
    [InlineData("COMPOUNDCURVE((0 0,1 1),(1 1,2 0))", "LINESTRING(0 0,1 1,2 0)")]
    [InlineData("CURVEPOLYGON(COMPOUNDCURVE((0 0,1 1),(1 1,2 0,0 0)))", "POLYGON((0 0,1 1,2 0,0 0))")]
    public async Task Geometry_is_well_known_binary_in_two_dimensions(string wkt, string? plain = null)
    {
        var batch = await ReadOneAsync($"SELECT '{wkt}'::geometry AS geom");

        var field = batch.Schema.GetFieldByName("geom");
        Assert.Equal("geoarrow.wkb", field.Metadata["ARROW:extension:name"]);
        Assert.Equal("""{"crs":"OGC:CRS84","crs_type":"authority_code"}""", field.Metadata["ARROW:extension:metadata"]);
        Assert.Equal(
            await fixture.Host.Caller.ValueAsync($"SELECT encode(ST_AsBinary(ST_Force2D('{plain ?? wkt}'::geometry), 'NDR'), 'hex')"),
            $"\"{Convert.ToHexStringLower(((BinaryArray)batch.Column("geom")).GetBytes(0))}\"");
    }

    [Fact]
    public async Task Geometry_of_another_system_and_arcs_come_as_straight_lines_in_degrees()
    {
        const string Arc = "ST_SetSRID('CIRCULARSTRING(0 0,100 100,200 0)'::geometry, 3857)";
        var batch = await ReadOneAsync($"SELECT {Arc} AS geom");

        Assert.Equal(
            await fixture.Host.Caller.ValueAsync($"SELECT encode(ST_AsBinary(ST_Transform(ST_CurveToLine({Arc}), 4326), 'NDR'), 'hex')"),
            $"\"{Convert.ToHexStringLower(((BinaryArray)batch.Column("geom")).GetBytes(0))}\"");
    }

    [Fact]
    public async Task Result_without_rows_has_its_schema()
    {
        using var response = await GetAsync("SELECT 1 AS a, 2 AS a WHERE false");
        using var reader = new ArrowStreamReader(await response.Content.ReadAsStreamAsync());

        Assert.Equal(["a", "a_1"], (await reader.GetSchema()).FieldsList.Select(field => field.Name));
        Assert.Null(await reader.ReadNextRecordBatchAsync());
    }

    [Fact]
    public async Task Error_is_json()
    {
        var answer = await SqlAnswer.ReadAsync(await GetAsync("SELECT 1 / (5 - i) FROM generate_series(1, 9) i"));

        Assert.Equal((HttpStatusCode.BadRequest, "division by zero"), (answer.Status, answer.Error));
    }

    [Fact]
    public async Task Geoparquet_is_501_and_names_the_formats_there_are()
    {
        var answer = await SqlAnswer.ReadAsync(await fixture.Host.Caller.Http.GetAsync(SqlClient.Url("SELECT 1", more: "&format=geoparquet")));

        Assert.Equal(HttpStatusCode.NotImplemented, answer.Status);
        Assert.Contains("geojson, csv and arrow", answer.Error, StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> GetAsync(string sql) => fixture.Host.Caller.Http.GetAsync(SqlClient.Url(sql, more: "&format=arrow"));

    private async Task<RecordBatch> ReadOneAsync(string sql)
    {
        using var response = await GetAsync(sql);
        return Assert.Single(await ReadAsync(response));
    }

    private static async Task<List<RecordBatch>> ReadAsync(HttpResponseMessage response)
    {
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        using var reader = new ArrowStreamReader(await response.Content.ReadAsStreamAsync());
        var batches = new List<RecordBatch>();
        while (await reader.ReadNextRecordBatchAsync() is { } batch) batches.Add(batch);
        return batches;
    }
}
