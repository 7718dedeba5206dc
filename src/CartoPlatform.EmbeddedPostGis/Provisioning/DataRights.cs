namespace CartoPlatform.EmbeddedPostGis.Provisioning;

/// <summary>
/// Who may do what inside a data database. The reader runs strangers' SQL: what PostgreSQL allows everybody by default
/// and that writes, reaches into other sessions or shows their queries, is taken away.
/// </summary>
internal static class DataRights
{
    /// <summary>
    /// Large objects can be written without any table; a session may cancel, end and watch all sessions of its own role,
    /// which here are those of all other readers; what is prepared in a session is left of those who had it before; logical messages fill the log; advisory locks outlive a read-only transaction;
    /// PostGIS's own views of its statistics show where the rows of others are. Our own monitoring, and the owner, keep all of it.
    /// To unlock stays allowed: Npgsql calls pg_advisory_unlock_all when a connection goes back to its pool.
    /// </summary>
    private const string TakenFromPublic =
        """
        proname LIKE 'lo\_%' OR proname IN ('lowrite', 'pg_cancel_backend', 'pg_terminate_backend', 'pg_stat_get_activity', 'pg_prepared_statement', 'pg_cursor', 'pg_logical_emit_message')
        OR proname LIKE 'pg\_advisory\_lock%' OR proname LIKE 'pg\_advisory\_xact\_lock%' OR proname LIKE 'pg\_try\_advisory\_%'
        OR proname IN ('_postgis_stats', '_postgis_selectivity', '_postgis_join_selectivity', '_postgis_index_extent')
        OR proname LIKE 'pg\_stat\_get\_backend\_%' OR proname LIKE 'pg\_stat\_statements%'
        """;

    public static string Sql(string ownerName, string readerName)
    {
        var (owner, reader) = (Quoted.Name(ownerName), Quoted.Name(readerName));
        return $"""
            ALTER SCHEMA public OWNER TO {owner};
            REVOKE CREATE ON SCHEMA public FROM PUBLIC;
            GRANT USAGE ON SCHEMA public TO PUBLIC;

            ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT USAGE ON SCHEMAS TO {reader};
            ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT ON TABLES TO {reader};
            ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT ON SEQUENCES TO {reader};

            DO $rights$
            DECLARE
                taken regprocedure;
            BEGIN
                FOR taken IN
                    SELECT oid::regprocedure FROM pg_proc
                    WHERE ({TakenFromPublic}) AND has_function_privilege('pg_monitor', oid, 'EXECUTE')
                        AND (has_function_privilege('public', oid, 'EXECUTE') OR NOT has_function_privilege({Quoted.Text(ownerName)}, oid, 'EXECUTE'))
                LOOP
                    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', taken);
                    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO pg_monitor, %s', taken, {Quoted.Text(owner)});
                END LOOP;
            END
            $rights$;
            """;
    }
}
