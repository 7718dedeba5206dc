using CartoPlatform.PostGis.Columns;

namespace CartoPlatform.PostGis.Expressions;

/// <summary>How names are written: for the database, or as a user would.</summary>
internal abstract class ExpressionNames
{
    public static ExpressionNames AsWritten { get; } = new Plain();

    public static ExpressionNames For(IReadOnlyList<ColumnReference> columns, string? spatialSchema) => new Qualified(columns, spatialSchema);

    public abstract string Column(ColumnName name);

    public abstract string Function(ExpressionFunction function);

    public abstract string Type(ExpressionType type);

    private sealed class Plain : ExpressionNames
    {
        public override string Column(ColumnName name) => name.IsQuoted ? SqlIdentifier.Quote(name.Text) : name.Text;

        public override string Function(ExpressionFunction function) => function.Name;

        public override string Type(ExpressionType type) => type.Name;
    }

    private sealed class Qualified(IReadOnlyList<ColumnReference> columns, string? spatialSchema) : ExpressionNames
    {
        private const string CatalogSchema = "pg_catalog";

        public override string Column(ColumnName name) =>
            name.Find(columns)?.Sql ?? throw new InvalidOperationException($"The column {name.Text} was not looked up before the expression was written");

        public override string Function(ExpressionFunction function) => Qualify(function.CatalogName, function.Kind == FunctionKind.Spatial);

        public override string Type(ExpressionType type) => Qualify(type.Name, type.IsSpatial);

        // Without PostGIS in the database its functions are unknown in any schema: PostgreSQL says so.
        private string Qualify(string name, bool isSpatial) => SqlIdentifier.Quote((isSpatial ? spatialSchema : null) ?? CatalogSchema, name);
    }
}
