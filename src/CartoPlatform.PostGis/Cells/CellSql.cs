using System.Globalization;
using CartoPlatform.Tiles.Cells;

namespace CartoPlatform.PostGis.Cells;

/// <summary>The arithmetic of cells as expressions of SQL: bits of a bigint, which is named wherever it is needed.</summary>
public sealed class CellSql(CellScheme scheme)
{
    // The top byte of an H3 cell is 8; the top seven bits of a quadbin cell are 0100100. Base cells of H3 go to 121.
    private const string H3Header = "({0} >> 56) = 8 AND (({0} >> 45) & 127) < 122";
    private const string QuadbinHeader = "({0} >> 57) = 36 AND (({0} >> 52) & 31) < 27";

    private const string Pentagons = "4, 14, 24, 38, 49, 58, 63, 72, 83, 97, 107, 117";

    // The lowest bit of each of the fifteen digits, and all of their bits.
    private const long LowestBits = 0b001_001_001_001_001_001_001_001_001_001_001_001_001_001_001;
    private const long Digits = (1L << 45) - 1;

    /// <summary>An int.</summary>
    public string Resolution(string cell) => $"(({cell} >> {CellScheme.ResolutionShift}) & {scheme.ResolutionMask})::int";

    /// <summary>The parent at a resolution that is not finer than the cell's own.</summary>
    public string Parent(string cell, string resolution)
    {
        var rest = ~(scheme.ResolutionMask << CellScheme.ResolutionShift);
        return Invariant($"(({cell} & {rest}) | (({resolution})::bigint << {CellScheme.ResolutionShift}) | {Finer(resolution)})");
    }

    /// <summary>Whether a bigint is a cell; null for null.</summary>
    public string IsValid(string cell)
    {
        var finer = Finer(Resolution(cell));
        var header = string.Format(CultureInfo.InvariantCulture, scheme == CellScheme.H3 ? H3Header : QuadbinHeader, cell);
        var unused = $"({cell} & {finer}) = {finer}";
        if (scheme == CellScheme.Quadbin) return $"({header} AND {unused})";

        // Digits are 0 to 6. Below a pentagon the first one that is not 0 is not 1: of three bits, the first that is set is not the third.
        var sevens = $"({cell} & ({cell} >> 1) & ({cell} >> 2) & {LowestBits} & ~{finer}) = 0";
        var first = $"position(B'1' IN ({cell} & {Digits} & ~{finer})::bit(45))";
        return $"({header} AND {unused} AND {sevens} AND ((({cell} >> 45) & 127) NOT IN ({Pentagons}) OR {first} = 0 OR {first} % 3 <> 0))";
    }

    // All digits finer than a resolution, set.
    private string Finer(string resolution) =>
        $"((1::bigint << ({scheme.DigitBits} * ({scheme.MaxResolution} - least({resolution}, {scheme.MaxResolution})))) - 1)";

    private static string Invariant(FormattableString sql) => sql.ToString(CultureInfo.InvariantCulture);
}
