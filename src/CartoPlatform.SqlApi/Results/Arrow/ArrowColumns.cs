using System.Buffers.Binary;
using Apache.Arrow.Types;
using CartoPlatform.Contracts.Maps;
using CartoPlatform.SqlApi.Values;

namespace CartoPlatform.SqlApi.Results.Arrow;

/// <summary>The Arrow form of each PostgreSQL type (docs/api/sql.md has the table), and the extension type that says more of it.</summary>
internal static class ArrowColumns
{
    private const string ExtensionName = "ARROW:extension:name";
    private const string ExtensionMetadata = "ARROW:extension:metadata";

    // 1970-01-01 to 2000-01-01, where PostgreSQL counts from.
    private const int DaysToEpoch = 10_957;
    private const long MicrosecondsToEpoch = DaysToEpoch * 86_400_000_000;

    // GeoArrow: longitude and latitude, whatever the axes of the system's definition.
    private static readonly Dictionary<string, string> Wkb = new()
    {
        [ExtensionName] = "geoarrow.wkb",
        [ExtensionMetadata] = """{"crs":"OGC:CRS84","crs_type":"authority_code"}""",
    };

    private static readonly Dictionary<string, string> Json = new() { [ExtensionName] = "arrow.json", [ExtensionMetadata] = "" };

    public static IReadOnlyDictionary<string, string>? MetadataOf(ResultColumn column) => column.Field.Type switch
    {
        FieldType.Geometry => Wkb,
        FieldType.Object => Json,
        _ => null,
    };

    public static ArrowColumn Create(ResultColumn column) => column switch
    {
        { Field.Type: FieldType.Geometry } => new BytesColumn(BinaryType.Default, IsoWkb.Write),
        { Field.Type: FieldType.Object } or { IsText: true } => Text(column),
        _ => Create(column, column.TypeName),
    };

    private static ArrowColumn Create(ResultColumn column, string typeName) => typeName switch
    {
        "int2" => new FixedColumn<short>(Int16Type.Default, value => BinaryPrimitives.ReadInt16BigEndian(value)),
        "int4" => new FixedColumn<int>(Int32Type.Default, value => BinaryPrimitives.ReadInt32BigEndian(value)),
        "int8" => new FixedColumn<long>(Int64Type.Default, value => BinaryPrimitives.ReadInt64BigEndian(value)),
        "float4" => new FixedColumn<float>(FloatType.Default, value => BinaryPrimitives.ReadSingleBigEndian(value)),
        "float8" => new FixedColumn<double>(DoubleType.Default, value => BinaryPrimitives.ReadDoubleBigEndian(value)),
        "numeric" => new FixedColumn<double>(DoubleType.Default, value => NumericFormat.ToDouble(value)),
        "bool" => new BooleanColumn(),
        "date" => new FixedColumn<int>(Date32Type.Default, Date),
        "timestamp" => new FixedColumn<long>(new TimestampType(TimeUnit.Microsecond, timezone: (string?)null), Timestamp),
        "timestamptz" => new FixedColumn<long>(new TimestampType(TimeUnit.Microsecond, "UTC"), Timestamp),
        "bytea" => new BytesColumn(BinaryType.Default, (value, output) => output.Write(value)),
        "uuid" => new BytesColumn(StringType.Default, (value, output) => output.Write(new Guid(value, bigEndian: true))),
        _ => Text(column),
    };

    // Texts come as they are, structures as the JSON of other answers.
    private static BytesColumn Text(ResultColumn column) => new(
        StringType.Default, column.Format == ValueFormats.Text ? (value, output) => output.Write(value) : column.Format);

    // Infinity has no counterpart.
    private static int? Date(ReadOnlySpan<byte> value) =>
        BinaryPrimitives.ReadInt32BigEndian(value) is not (int.MaxValue or int.MinValue) and var days ? days + DaysToEpoch : null;

    private static long? Timestamp(ReadOnlySpan<byte> value) =>
        BinaryPrimitives.ReadInt64BigEndian(value) is not (long.MaxValue or long.MinValue) and var microseconds ? microseconds + MicrosecondsToEpoch : null;
}
