using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using CartoPlatform.Tilesets.Plans;

namespace CartoPlatform.Worker.Tilesets;

/// <summary>
/// A job that calls a tiler of CARTO's Analytics Toolbox for PostgreSQL: it is not sent to the database, which has no such procedure, but
/// run by the platform's own tiler. The three arguments are literals.
/// </summary>
/// <param name="Kind">What to make.</param>
/// <param name="Input">A table, or a SELECT.</param>
/// <param name="Output">The table to make.</param>
/// <param name="Options">A JSON object.</param>
internal sealed partial record TilesetCall(TilesetKind Kind, string Input, string Output, string Options)
{
    public static bool TryParse(string sql, [NotNullWhen(true)] out TilesetCall? call)
    {
        // Only a text that begins like a call is looked at closely.
        call = null;
        if (!Beginning().IsMatch(sql)) return false;
        var match = Call().Match(sql);
        call = !match.Success ? null : new TilesetCall(
            match.Groups["kind"].Value.ToLowerInvariant() switch
            {
                "simple" => TilesetKind.Simple,
                "point_aggregation" => TilesetKind.PointAggregation,
                _ => TilesetKind.SpatialIndex,
            },
            Literal(match.Groups["input"]), Literal(match.Groups["output"]), match.Groups["options"].Success ? Literal(match.Groups["options"]) : "{}");
        return call is not null;
    }

    /// <exception cref="CartoPlatform.Tilesets.TilesetException">Something is wrong with the arguments.</exception>
    public TilesetPlan ReadPlan()
    {
        // As CARTO takes it: a query stands in brackets.
        var input = Input.Trim();
        if (input.StartsWith('(') && input.EndsWith(')')) input = input[1..^1];
        return TilesetPlanReader.Read(Kind, input, Output, Options);
    }

    private static string Literal(Group group)
    {
        var text = group.Value;
        if (text[0] == '\'') return text[1..^1].Replace("''", "'", StringComparison.Ordinal);
        var tag = text.IndexOf('$', 1) + 1;
        return text[tag..^tag];
    }

    [GeneratedRegex(@"^\s*(?:CALL|SELECT)\s+(?:carto|tiler)\s*\.\s*CREATE_\w+_TILESET\s*\(", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Beginning();

    [GeneratedRegex("""
        ^\s*(?:CALL|SELECT)\s+(?:carto|tiler)\s*\.\s*CREATE_(?<kind>SIMPLE|POINT_AGGREGATION|SPATIAL_INDEX)_TILESET\s*\(
        \s*(?<input>'(?:[^']|'')*'|(?<a>\$\w*\$)(?:.*?)\k<a>)\s*,
        \s*(?<output>'(?:[^']|'')*'|(?<b>\$\w*\$)(?:.*?)\k<b>)\s*
        (?:,\s*(?<options>'(?:[^']|'')*'|(?<c>\$\w*\$)(?:.*?)\k<c>)\s*)?
        \)\s*;?\s*$
        """, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Call();
}
