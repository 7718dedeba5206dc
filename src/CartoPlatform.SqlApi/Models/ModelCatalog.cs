namespace CartoPlatform.SqlApi.Models;

/// <summary>The models by the names that they have in URLs.</summary>
internal static class ModelCatalog
{
    /// <summary>What makes the statement of a model; null where there is none of this name.</summary>
    public static Func<ModelContext, ModelStatement>? Find(string name) => name switch
    {
        "formula" => FormulaModel.Write,
        "category" => CategoryModel.Write,
        "histogram" => HistogramModel.Write,
        "range" => RangeModel.Write,
        "scatterplot" => ScatterplotModel.Write,
        "table" => TableModel.Write,
        "timeseries" => TimeseriesModel.Write,
        "aggregations" => AggregationsModel.Write,
        "pick" => PickModel.Write,
        _ => null,
    };
}
