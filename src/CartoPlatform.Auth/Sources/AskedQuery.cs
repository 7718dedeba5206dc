using CartoPlatform.Auth.Grants;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceClient;

namespace CartoPlatform.Auth.Sources;

/// <summary>What a caller put where SQL goes: SQL, or the name of a source that stands for some.</summary>
/// <param name="Text">As it was sent.</param>
/// <param name="Sql">What is to be run.</param>
/// <param name="Named">The source, if it is one.</param>
public sealed record AskedQuery(string Text, string Sql, NamedSourceRecord? Named)
{
    // Statements of one word that could be names: they stay statements.
    private static readonly HashSet<string> Statements =
        ["abort", "analyze", "begin", "checkpoint", "close", "commit", "discard", "end", "reset", "rollback", "select", "show", "table", "vacuum", "values", "with"];

    /// <summary>Whether a text that could be a name is read as SQL: no source can be called so.</summary>
    public static bool IsStatement(string name) => Statements.Contains(name);

    /// <summary>What grants are compared with. SQL behind a name is not looked at: who may use the name need not know it.</summary>
    public RequestedSource Source => Named is null && !IsMissing ? new RequestedSource.Query(Text) : new RequestedSource.NamedSource(Named?.Name ?? Text.Trim());

    /// <summary>A name, and none of a source.</summary>
    public bool IsMissing { get; private init; }

    public static async ValueTask<AskedQuery> FindAsync(IWorkspaceDirectory directory, string text, CancellationToken cancellationToken)
    {
        var name = text.AsSpan().Trim(SqlText.WhiteSpace);
        if (!WorkspaceNames.IsNamedSource(name) || Statements.Contains(name.ToString())) return new AskedQuery(text, text, null);
        var found = await directory.FindNamedSourceAsync(name.ToString(), cancellationToken);
        return new AskedQuery(text, found?.Sql ?? text, found) { IsMissing = found is null };
    }

    /// <summary>What answers a caller who may not run it; null when he may.</summary>
    /// <param name="principal">Who asks.</param>
    /// <param name="anyOf">APIs of which one is enough.</param>
    /// <param name="connection">Name of the connection.</param>
    public ApiError? Refuse(Principal? principal, ReadOnlySpan<Api> anyOf, string connection)
    {
        if (AccessPolicy.Decide(principal, anyOf, connection, Source).ToError() is { } refused) return refused;
        return IsMissing ? ApiError.NotFound($"There is no named source {Text.Trim()}") : null;
    }

    /// <summary>The same on a connection that is known: it may take named sources only.</summary>
    public ApiError? Refuse(Principal? principal, ReadOnlySpan<Api> anyOf, ConnectionRecord connection) =>
        Refuse(principal, anyOf, connection.Name) ?? (AccessPolicy.Takes(connection, Source) ? null : AuthErrors.NamedSourcesOnly);
}
