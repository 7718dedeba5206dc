using System.Text;
using System.Text.Json;

namespace CartoPlatform.SqlApi.Models;

/// <summary>A relation that a plan reads.</summary>
internal sealed record PlannedRelation(string Schema, string Name)
{
    // Plans are as deep as the queries that callers write.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = int.MaxValue };

    /// <summary>All of them in what <c>EXPLAIN (FORMAT JSON, VERBOSE)</c> answers, at any depth.</summary>
    public static HashSet<PlannedRelation> ReadAll(string plan)
    {
        var found = new HashSet<PlannedRelation>();
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(plan), Options);
        string? name = null;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName) continue;
            // The schema stands right behind the name. Functions and the like have one as well.
            if (reader.ValueTextEquals("Relation Name"u8))
            {
                reader.Read();
                name = reader.GetString();
            }
            else if (name is not null && reader.ValueTextEquals("Schema"u8))
            {
                reader.Read();
                found.Add(new PlannedRelation(reader.GetString() ?? "", name));
                name = null;
            }
        }

        return found;
    }
}
