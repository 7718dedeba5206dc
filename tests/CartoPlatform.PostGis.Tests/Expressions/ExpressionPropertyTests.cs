using System.Collections;
using System.Globalization;
using CartoPlatform.PostGis.Expressions;
using FsCheck;
using FsCheck.Fluent;
using static CartoPlatform.PostGis.Expressions.ExpressionNode;

namespace CartoPlatform.PostGis.Tests.Expressions;

/// <summary>Random trees, and random text.</summary>
public sealed class ExpressionPropertyTests
{
    private static readonly string[] Snippets =
    [
        "sum(", "count(*)", "max(", ")", "(", ",", " ", "a", "\"A\"", "'x'", "E'\\n'", "'", "\"", "\\", "1", "1.5e3", ".", "e", "+", "-", "*", "/", "--", "/*", "*/",
        "\n", "::", ":", "int", " AS ", " AND ", " OR ", "NOT ", " IS ", "NULL", " IN ", " BETWEEN ", " LIKE ", "CASE ", " WHEN ", " THEN ", " ELSE ", " END",
        "CAST(", "EXTRACT(year FROM ", "DATE ", "INTERVAL ", " FILTER (WHERE ", " WITHIN GROUP (ORDER BY ", "percentile_cont(", " DISTINCT ", " AT TIME ZONE ",
        "SELECT ", "$1", "$$", ";", "U&'", "é", "😀", "\ud800", "\0", "<=", "<>", "!=", "||", "^", "%", "~", "[", "]", "coalesce(", " numeric(1,2)", " over ",
    ];

    [Fact]
    public void Tree_that_is_written_reads_as_the_same_tree()
    {
        var property = Prop.ForAll(Roots.ToArbitrary(), tree =>
        {
            var text = ExpressionWriter.Write(tree, ExpressionNames.AsWritten);
            Assert.Equal(Dump(tree), Dump(AggregateExpression.Parse(text).Root));
        });

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000).WithEndSize(40), property);
    }

    [Fact]
    public void Text_that_is_accepted_is_written_so_that_it_reads_the_same()
    {
        var accepted = 0;
        var texts = Gen.Elements(Snippets).ArrayOf().Select(string.Concat);
        var property = Prop.ForAll(texts.ToArbitrary(), text =>
        {
            try
            {
                foreach (var item in AggregateExpressionList.Parse(text).Items)
                    Assert.Equal(Dump(item.Expression.Root), Dump(AggregateExpression.Parse(item.Expression.ToString()).Root));
                accepted++;
            }
            catch (ExpressionException exception)
            {
                Assert.InRange(exception.Position, 0, text.Length);
            }
        });

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(20_000).WithEndSize(12), property);
        Assert.NotEqual(0, accepted);
    }

    [Fact]
    public void Characters_at_random_throw_nothing_else()
    {
        var property = Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            if (text is null) return;
            try
            {
                AggregateExpressionList.Parse(text);
            }
            catch (ExpressionException)
            {
                // What is not an expression is refused by this and nothing else.
            }
        });

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(5_000), property);
    }

    private static Gen<ExpressionNode> Roots => Gen.Sized(size => Node(Math.Min(size, 20), ExpressionScope.Groups));

    private static Gen<ExpressionNode> Node(int size, ExpressionScope scope)
    {
        if (size <= 1) return Leaf(scope);
        var half = Node(size / 2, scope);
        var third = Node(size / 3, scope);
        var kinds = new List<Gen<ExpressionNode>>
        {
            Leaf(scope),
            from name in Gen.Elements("-", "+", "NOT") from operand in half select (ExpressionNode)new Prefix(name, operand),
            from left in half from name in Gen.Elements(InfixOperators) from right in half select (ExpressionNode)new Infix(left, name, right),
            from operand in half from name in Gen.Elements("IS NULL", "IS NOT NULL", "IS TRUE", "IS NOT UNKNOWN") select (ExpressionNode)new Postfix(operand, name),
            from operand in third from not in Gen.Elements(true, false) from low in third from high in third
            select (ExpressionNode)new Between(operand, not, low, high),
            from operand in third from not in Gen.Elements(true, false) from values in Many(third) select (ExpressionNode)new In(operand, not, values),
            from operand in Maybe(third) from branches in Many(from when in third from then in third select new CaseBranch(when, then)) from other in Maybe(third)
            select (ExpressionNode)new Case(operand, branches, other),
            from operand in half from type in Gen.Elements("int4", "text", "timestamptz", "geography") select (ExpressionNode)new Cast(operand, new ExpressionType(type, "")),
            from operand in half select (ExpressionNode)new Cast(operand, new ExpressionType("numeric", "(10,2)")),
            from source in half from field in Gen.Elements("year", "epoch") select (ExpressionNode)new Extract(field, source),
            from values in Many(third) select (ExpressionNode)new Construct("COALESCE", values),
            from value in half select (ExpressionNode)new Call(Function("trim"), [value]),
            from one in third from two in third select (ExpressionNode)new Call(Function("power"), [one, two]),
        };
        if (scope == ExpressionScope.Groups) kinds.Add(Aggregates(size / 2));
        return Gen.OneOf(kinds);
    }

    private static readonly string[] InfixOperators =
        ["+", "-", "*", "/", "%", "^", "||", "=", "<>", "<=", "AND", "OR", "LIKE", "NOT ILIKE", "IS DISTINCT FROM", "IS NOT DISTINCT FROM", "AT TIME ZONE"];

    private static Gen<ExpressionNode> Aggregates(int size)
    {
        var row = Node(size / 2, ExpressionScope.Rows);
        var order = Many(from value in row from down in Gen.Elements(true, false) from nulls in Gen.Elements<bool?>(null, true, false) select new OrderItem(value, down, nulls));
        return Gen.OneOf(
            from filter in Maybe(row) select (ExpressionNode)new Aggregate(Function("count"), []) { IsOfRows = true, Filter = filter },
            from value in row from distinct in Gen.Elements(true, false) select (ExpressionNode)new Aggregate(Function("sum"), [value]) { IsDistinct = distinct },
            from value in row from items in order select (ExpressionNode)new Aggregate(Function("string_agg"), [value, new Text(", ")]) { Order = items },
            from part in Node(size / 2, ExpressionScope.Constant)
            from items in order
            from filter in Maybe(row)
            select (ExpressionNode)new Aggregate(Function("percentile_cont"), [part]) { Order = items[..1], Filter = filter });
    }

    private static Gen<ExpressionNode> Leaf(ExpressionScope scope)
    {
        var constants = Gen.OneOf(
            Gen.Choose(0, 1_000).Select(number => (ExpressionNode)new Number(number.ToString(CultureInfo.InvariantCulture))),
            Gen.Elements("1.5", ".5", "2.", "1e10").Select(number => (ExpressionNode)new Number(number)),
            Gen.Elements("", "a", "it's", "\\", "\\'", "--", "/*", "\n", "é😀", ";", "$$").Select(text => (ExpressionNode)new Text(text)),
            Gen.Elements("NULL", "TRUE", "FALSE").Select(word => (ExpressionNode)new Word(word)));
        return scope == ExpressionScope.Rows
            ? Gen.OneOf(constants, Gen.Elements("a", "date", "größe").Select(name => (ExpressionNode)NewColumn(name, false)), Gen.Elements("select", "A \"b\"").Select(name => (ExpressionNode)NewColumn(name, true)))
            : constants;
    }

    private static Column NewColumn(string name, bool isQuoted) => new(new ColumnName(name, isQuoted));

    private static ExpressionFunction Function(string name) => FunctionCatalog.Find(name) ?? throw new InvalidOperationException($"There is no function {name}");

    private static Gen<T?> Maybe<T>(Gen<T> some)
        where T : class => Gen.OneOf(Gen.Constant<T?>(null), some.Select(value => (T?)value));

    private static Gen<T[]> Many<T>(Gen<T> some) => from count in Gen.Choose(1, 3) from values in some.ArrayOf(count) select values;

    /// <summary>A tree as text, every type and property of it: records compare lists by reference.</summary>
    private static string Dump(object? value) => value switch
    {
        null => "null",
        string text => $"'{text}'",
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Dump))}]",
        _ when value.GetType().IsValueType => $"{value}",
        _ => $"{value.GetType().Name}({string.Join(", ", value.GetType().GetProperties().Select(property => Dump(property.GetValue(value))))})",
    };
}
