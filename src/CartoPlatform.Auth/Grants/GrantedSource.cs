using System.Security.Cryptography;
using System.Text;

namespace CartoPlatform.Auth.Grants;

/// <summary>
/// What the <c>source</c> of a grant means. Text that reads as a relation's name is that and never a query, so a table grant permits no
/// SQL; all other text is an exact query.
/// </summary>
internal abstract record GrantedSource
{
    private const string DefaultSchema = "public";

    private GrantedSource()
    {
    }

    public static GrantedSource Parse(string source)
    {
        var text = SqlText.Trim(source);
        if (text is "*") return new Everything();
        return RelationText.Parse(text) switch
        {
            // A name without a schema may also be a named source's.
            [{ } name] => new Relations(null, DefaultSchema, name, text.ToString()),
            [{ } schema, var name] => new Relations(null, schema, name),
            [{ } database, { } schema, var name] => new Relations(database, schema, name),
            _ => new ExactQuery(source),
        };
    }

    public abstract bool Covers(RequestedSource requested);

    private sealed record Everything : GrantedSource
    {
        public override bool Covers(RequestedSource requested) => true;
    }

    // A null database is any (a connection has but one); a null name is every relation of the schema.
    private sealed record Relations(string? Database, string Schema, string? Name, string? NamedSource = null) : GrantedSource
    {
        public override bool Covers(RequestedSource requested) => requested is RequestedSource.NamedSource named
            ? named.Name == NamedSource
            : requested is RequestedSource.Table table
            && (Database is null || Database == table.Database)
            && Schema == table.Schema
            && (Name is null || Name == table.Name);
    }

    private sealed record ExactQuery(string Sql) : GrantedSource
    {
        public override bool Covers(RequestedSource requested)
        {
            var granted = SqlText.Trim(Sql);
            return !granted.IsEmpty && requested switch
            {
                RequestedSource.Query query => SqlText.Trim(query.Sql).SequenceEqual(granted),
                // Most names of named sources are no names of tables: they have a hyphen.
                RequestedSource.NamedSource named => granted.SequenceEqual(named.Name),
                RequestedSource.QueryHash query => query.Hash == Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(granted.ToString()))),
                _ => false,
            };
        }
    }
}
