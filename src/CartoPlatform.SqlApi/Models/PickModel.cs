using System.Globalization;
using CartoPlatform.PostGis.Features;

namespace CartoPlatform.SqlApi.Models;

/// <summary>The rows of features that were picked in a map, in the order in which their ids are given (contract, section 7.10).</summary>
internal static class PickModel
{
    private const int DefaultLimit = 1_000;
    private const int MaxZoom = 30;

    public static ModelStatement Write(ModelContext context)
    {
        var names = context.Params.Texts("columns").Distinct(StringComparer.Ordinal).ToList();
        if (names.Count == 0) context.Params.Fail("The param columns must name the columns, in an array");
        if (context.Params.Find("featureIds") is null) context.Params.Fail("The param featureIds is missing");

        var selection = FeatureSelection.Read(context, "dataType") ?? new FeatureSelection("false", "NULL", "NULL");
        CheckZoom(context.Params);
        var values = names.Select(name => (name, name == FeatureIdSql.ColumnName ? selection.Id : context.Column(name).Sql)).ToList();
        return PageSql.Write(context, values, selection.Condition, ($"array_position({selection.Ids}, {selection.Id})", ""), DefaultLimit);
    }

    // The ids of points say of which zoom they are: what the request says beside them must make sense, and no more.
    private static void CheckZoom(ModelParams parameters)
    {
        var zoom = parameters.Integer("z", 0, MaxZoom);
        if (zoom is null && parameters.Text("dataType") == "points") parameters.Fail("The param z is missing, which points need");
        if (parameters.Find("tileResolution") is { } resolution && !IsResolution(resolution.ToString()))
            parameters.Fail("The param tileResolution must be one of 0.25, 0.5, 1, 2, 4");
    }

    private static bool IsResolution(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is 0.25 or 0.5 or 1 or 2 or 4;
}
