using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Features;

namespace CartoPlatform.SqlApi.Models;

/// <summary>Features by the ids that tiles give them (contract, sections 6.5 and 7.1).</summary>
/// <param name="Condition">Of the rows that have one of the ids.</param>
/// <param name="Id">A row's id.</param>
/// <param name="Ids">The placeholder of the ids asked for.</param>
internal sealed record FeatureSelection(string Condition, string Id, string Ids)
{
    private const int MaxIds = 1_000;

    // Ids of points name their zoom; a selection comes from one map, which shows one zoom, or two while it changes.
    private const int MaxLevels = 8;

    /// <summary>Reads <c>featureIds</c> and the type of geometry; null without ids.</summary>
    public static FeatureSelection? Read(ModelContext context, string typeParameter)
    {
        if (context.Params.Find("featureIds") is null) return null;
        var ids = context.Params.Texts("featureIds", MaxIds);
        if (ids.Count == 0) context.Params.Fail("The param featureIds is empty");
        var type = context.Params.Word(typeParameter, "points", "lines", "polygons");
        if (type is null) context.Params.Fail($"The param {typeParameter} must be points, lines or polygons beside featureIds");
        if (context.Spatial is not { Column.IsSpatial: true } column)
        {
            context.Params.Fail("Features can be told by their ids in a column of geometry alone");
            return null;
        }

        var values = context.AddTexts(ids);
        var candidates = Candidates(context, column, type, ids);
        var geometry = column.Column.Kind == ColumnKind.Geography ? $"{column.Sql}::geometry" : column.Sql;
        var dimension = type switch { "points" => 0, "lines" => 1, _ => 2 };
        var condition = $"ST_Dimension({geometry}) = {dimension} AND ({string.Join(" OR ", candidates.Select(id => $"{id} = ANY ({values})"))})";
        var found = string.Concat(candidates.Select(id => $" WHEN {id} = ANY ({values}) THEN {id}"));
        return new FeatureSelection(condition, $"CASE{found} END", values);
    }

    private static List<string> Candidates(ModelContext context, ColumnReference column, string? type, IReadOnlyList<string> ids)
    {
        if (type != "points") return [FeatureIdSql.OfShapes(column)];
        var levels = ids.Select(FeatureIdSql.LevelOf).Distinct().ToList();
        if (levels.Count > MaxLevels) context.Params.Fail($"The featureIds are of more than {MaxLevels} zooms");
        return [.. levels.Take(MaxLevels).Select(level => level is { } cells ? FeatureIdSql.OfPoints(column, cells) : FeatureIdSql.OfShapes(column))];
    }
}
