namespace CartoPlatform.PostGis.Expressions;

/// <summary>A part of an expression. The kinds below are all that can be said in one.</summary>
internal abstract record ExpressionNode
{
    public sealed record Number(string Digits) : ExpressionNode;

    public sealed record Text(string Value) : ExpressionNode;

    /// <param name="Name"><c>NULL</c>, <c>TRUE</c> or <c>FALSE</c>.</param>
    public sealed record Word(string Name) : ExpressionNode;

    public sealed record Column(ColumnName Name) : ExpressionNode;

    /// <param name="Operator"><c>-</c>, <c>+</c> or <c>NOT</c>.</param>
    /// <param name="Operand">Stands after it.</param>
    public sealed record Prefix(string Operator, ExpressionNode Operand) : ExpressionNode;

    /// <param name="Left">Stands before it.</param>
    /// <param name="Operator">An operator's symbol, or words such as <c>NOT LIKE</c>.</param>
    /// <param name="Right">Stands after it.</param>
    public sealed record Infix(ExpressionNode Left, string Operator, ExpressionNode Right) : ExpressionNode;

    /// <param name="Operand">Stands before it.</param>
    /// <param name="Operator">Words such as <c>IS NOT NULL</c>.</param>
    public sealed record Postfix(ExpressionNode Operand, string Operator) : ExpressionNode;

    public sealed record Between(ExpressionNode Operand, bool IsNegated, ExpressionNode Low, ExpressionNode High) : ExpressionNode;

    public sealed record In(ExpressionNode Operand, bool IsNegated, IReadOnlyList<ExpressionNode> Values) : ExpressionNode;

    /// <param name="Operand">Of <c>CASE x WHEN 1</c>; null where each branch has a condition.</param>
    /// <param name="Branches">At least one.</param>
    /// <param name="Else">Null where it is left out.</param>
    public sealed record Case(ExpressionNode? Operand, IReadOnlyList<CaseBranch> Branches, ExpressionNode? Else) : ExpressionNode;

    public sealed record Cast(ExpressionNode Operand, ExpressionType Type) : ExpressionNode;

    public sealed record Extract(string Field, ExpressionNode Source) : ExpressionNode;

    /// <summary>What looks like a function but is grammar, so that no function of a user can stand in for it: <c>COALESCE</c> and its like.</summary>
    public sealed record Construct(string Name, IReadOnlyList<ExpressionNode> Arguments) : ExpressionNode;

    public sealed record Call(ExpressionFunction Function, IReadOnlyList<ExpressionNode> Arguments) : ExpressionNode;

    public sealed record Aggregate(ExpressionFunction Function, IReadOnlyList<ExpressionNode> Arguments) : ExpressionNode
    {
        /// <summary><c>count(*)</c>.</summary>
        public bool IsOfRows { get; init; }

        public bool IsDistinct { get; init; }

        /// <summary>Inside the brackets; of an ordered-set aggregate, in <c>WITHIN GROUP</c>.</summary>
        public IReadOnlyList<OrderItem> Order { get; init; } = [];

        public ExpressionNode? Filter { get; init; }
    }
}

internal sealed record CaseBranch(ExpressionNode When, ExpressionNode Then);

/// <param name="Value">Sorted by.</param>
/// <param name="IsDescending">As PostgreSQL's <c>DESC</c>.</param>
/// <param name="NullsFirst">Null where it is not said.</param>
internal sealed record OrderItem(ExpressionNode Value, bool IsDescending, bool? NullsFirst);
