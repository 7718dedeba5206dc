namespace CartoPlatform.PostGis.Queries;

/// <summary>
/// Finds the semicolon that ends a statement. Semicolons in brackets (<c>CREATE RULE</c>) and in the body of an SQL function
/// (<c>BEGIN ATOMIC … END</c>) do not; the rules are those of <c>psql</c> (<c>src/fe_utils/psqlscan.l</c>).
/// </summary>
internal static class StatementSplitter
{
    /// <returns>The index of the semicolon's token, or the number of tokens.</returns>
    public static int FindEnd(string text, List<SqlToken> tokens, int first)
    {
        var brackets = 0;
        var blocks = 0;
        var isRoutine = IsCreateRoutine(text, tokens, first);
        for (var index = first; index < tokens.Count; index++)
        {
            var token = tokens[index];
            if (token.Kind == SqlTokenKind.Semicolon && brackets == 0 && blocks == 0) return index;
            if (token.Kind == SqlTokenKind.Symbol) brackets = Math.Max(0, brackets + Depth(text[token.Start]));
            if (isRoutine && brackets == 0 && token.Kind == SqlTokenKind.Word) blocks = Math.Max(0, blocks + Depth(text, token, blocks));
        }

        return tokens.Count;
    }

    private static int Depth(char symbol) => symbol switch
    {
        '(' => 1,
        ')' => -1,
        _ => 0,
    };

    private static int Depth(string text, SqlToken word, int blocks) => 0 switch
    {
        _ when word.Is(text, "begin") => 1,
        _ when word.Is(text, "case") && blocks > 0 => 1,
        _ when word.Is(text, "end") => -1,
        _ => 0,
    };

    private static bool IsCreateRoutine(string text, List<SqlToken> tokens, int first)
    {
        // They stand side by side: nothing is gained by looking further, and a script is looked at for each of its statements.
        var words = tokens.Skip(first).Where(token => token.IsSignificant).Take(4).ToList();
        if (words.Count == 0 || !words[0].Is(text, "create")) return false;
        var replaces = words.Count > 2 && words[1].Is(text, "or") && words[2].Is(text, "replace");
        var kind = replaces ? 3 : 1;
        return words.Count > kind && (words[kind].Is(text, "function") || words[kind].Is(text, "procedure"));
    }
}
