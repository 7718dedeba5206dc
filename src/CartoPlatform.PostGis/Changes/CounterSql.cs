namespace CartoPlatform.PostGis.Changes;

/// <summary>
/// What can be known of changes where no triggers may be made: PostgreSQL counts the rows that were written, and a table that is
/// emptied, rewritten or altered gets another file or another row in the catalogue. The counters come up to some seconds late, and
/// functions, types and policies have none: so this says when something has changed, and never that nothing has.
/// </summary>
internal static class CounterSql
{
    /// <summary>Begins every incarnation that counts so.</summary>
    public const string Prefix = "counters:";

    // Looked up again after so many seconds, as nothing tells that the catalogue has changed.
    private const string CatalogSeconds = "30";

    private const string Incarnation = $"""
        '{Prefix}' || (SELECT concat_ws(':', d.oid, extract(epoch FROM d_stats.stats_reset)::int8, extract(epoch FROM pg_postmaster_start_time())::int8)
                       FROM pg_database d LEFT JOIN pg_stat_database d_stats ON d_stats.datid = d.oid WHERE d.datname = current_database())
        """;

    private const string Version = """
        coalesce(s.n_tup_ins + s.n_tup_upd + s.n_tup_del, 0) + c.relfilenode::int8 + c.xmin::text::int8
            + coalesce((SELECT max(r.xmin::text::int8) FROM pg_rewrite r WHERE r.ev_class = c.oid), 0)
        """;

    /// <summary>In the form of <c>carto.poll</c>: a first row without a relation, and then all there are.</summary>
    public const string Poll = $"""
        SELECT '' AS snapshot, {Incarnation} AS incarnation, true AS is_complete, NULL::oid AS relation, NULL::int8 AS version
        UNION ALL
        SELECT '', '', true, c.oid, {Version}
        FROM pg_class c LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
        WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'm', 'v', 'f')
        ORDER BY relation NULLS FIRST
        """;

    /// <summary>In the form of <c>carto.versions</c>.</summary>
    public const string Versions = $"""
        SELECT {Incarnation}, a.oid, CASE WHEN a.oid = 2 THEN (extract(epoch FROM clock_timestamp())::int8 / {CatalogSeconds}) ELSE coalesce({Version}, 0) END, false
        FROM unnest($1) AS a(oid) LEFT JOIN pg_class c ON c.oid = a.oid AND c.oid >= 16384 LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
        """;
}
