using System.Globalization;
using System.Text;
using System.Text.Json;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.Testing.PostGis;
using FsCheck;
using FsCheck.Fluent;
using Npgsql;

namespace CartoPlatform.PostGis.Tests.Queries;

/// <summary>
/// Random statements of constants in every spelling, comments and placeholders, with PostgreSQL as the judge: what it reads after the
/// placeholders were found and the ends stripped has to be what was meant.
/// </summary>
public sealed class SqlTextPropertyTests(PostGisFixture fixture) : IClassFixture<PostGisFixture>
{
    private static readonly string[] Snippets =
        ["'", "''", "\"", "\\", "\\'", "$1", "$2", "$$", "$a$", "@name", "@", "?", ";", "--", "/*", "*/", "\n", " ", "E'", "U&'", "x", "é", "😀", ")", "(", "<@", "=@b"];

    private static readonly Gen<string> Content = Gen.Elements(Snippets).ArrayOf(6).Select(string.Concat);

    private static readonly Gen<string> Space = Gen.Elements(
        " ", "\n", "\t ", " /* ' \" $1 ; */ ", " -- ' $a$ ; @a ?\n", "/* /* nested */ ' */", " --\r");

    private static readonly Gen<Piece> Pieces = Gen.OneOf(
        Content.Select(text => new Piece($"'{text.Replace("'", "''", StringComparison.Ordinal)}'", text)),
        Content.Select(text => new Piece(Escaped(text), text)),
        Content.Select(text => new Piece(Continued(text), text + text)),
        Content.Select(DollarQuoted),
        Content.Select(text => new Piece($"U&'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'", text)),
        Content.Select(text => new Piece($"(SELECT 'n' AS \"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}x\")", "n")),
        Content.Select(text => new Piece(null, text)));

    [Fact]
    public void Statement_means_the_same_to_us_and_to_postgresql()
    {
        using var connection = fixture.Reader.OpenConnection();
        var statements = from pieces in Pieces.NonEmptyListOf()
                         from spaces in Space.ArrayOf(pieces.Count + 2)
                         from style in Gen.Elements(Enum.GetValues<Style>())
                         select new Statement([.. pieces], spaces, style);
        var property = Prop.ForAll(statements.ToArbitrary(), statement => Assert.Equal(statement.Expected, Run(connection, statement)));

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), property);
    }

    [Fact]
    public void Tokens_cover_the_text_without_gaps()
    {
        var texts = Gen.Elements(Snippets).ListOf().Select(string.Concat).ToArbitrary();
        var property = Prop.ForAll(texts, text =>
        {
            var end = 0;
            foreach (var token in SqlScanner.Scan(text))
            {
                Assert.Equal(end, token.Start);
                Assert.True(token.Length > 0);
                end = token.End;
            }

            Assert.Equal(text.Length, end);
        });

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000), property);
    }

    private static string[] Run(NpgsqlConnection connection, Statement statement)
    {
        Assert.True(SqlText.TryParse(statement.Sql, out var sql, out var error), error);
        Assert.True(QueryParameters.TryParse(statement.Values, out var parameters, out error), error);
        Assert.True(sql.TryBind(parameters, out var query, out error), error);

        using var command = new NpgsqlCommand($"SELECT * FROM (\n{query.Sql}\n) AS q", connection);
        foreach (var value in query.Values) command.Parameters.Add(value.Forms[0].ToParameter());
        if (query.Values.Count == 0) command.Parameters.Add(DescribedQuery.UnusedParameter());
        using var reader = command.ExecuteReader();
        Assert.True(reader.Read());
        return [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)];
    }

    private static string Escaped(string text) =>
        $"E'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    private static string Continued(string text) => $"{Escaped(text)} -- '\n {Escaped(text)[1..]}";

    private static Piece DollarQuoted(string text)
    {
        // A tag that neither the text nor its end with the closing one contains.
        var tag = "$t$";
        while ((text + tag).IndexOf(tag, StringComparison.Ordinal) < text.Length) tag = $"${tag.Trim('$')}_$";
        return new Piece(tag + text + tag, text);
    }

    private enum Style
    {
        Numbers,
        Names,
        Marks,
    }

    /// <param name="Sql">A constant; null for a placeholder.</param>
    /// <param name="Text">What it means.</param>
    private sealed record Piece(string? Sql, string Text);

    private sealed record Statement(IReadOnlyList<Piece> Pieces, string[] Spaces, Style Style)
    {
        public string[] Expected => [.. Pieces.Select(piece => piece.Text)];

        public string Sql
        {
            get
            {
                var text = new StringBuilder($"{Spaces[0]}SELECT");
                for (var index = 0; index < Pieces.Count; index++)
                    text.Append(index == 0 ? " " : ",").Append(Spaces[index + 1]).Append(Pieces[index].Sql ?? Placeholder(index));
                return text.Append(Spaces[^1]).Append(";\n").Append(Spaces[0]).ToString();
            }
        }

        public string Values => Style == Style.Names
            ? JsonSerializer.Serialize(Bound().ToDictionary(bound => $"p{bound.Index}", bound => bound.Text))
            : JsonSerializer.Serialize(Bound().Select(bound => bound.Text));

        private string Placeholder(int index) => Style switch
        {
            Style.Numbers => string.Create(CultureInfo.InvariantCulture, $"${Bound().TakeWhile(bound => bound.Index < index).Count() + 1}"),
            Style.Names => string.Create(CultureInfo.InvariantCulture, $"@p{index}"),
            _ => "?",
        };

        private IEnumerable<(int Index, string Text)> Bound() =>
            Pieces.Select((piece, index) => (Piece: piece, Index: index)).Where(pair => pair.Piece.Sql is null).Select(pair => (pair.Index, pair.Piece.Text));
    }
}
