-- Watches every table of this database: who has read a table can tell whether it has changed since. Run by a superuser (event
-- triggers need one), on PostgreSQL 13+; run again, it changes nothing that fits already. uninstall.sql takes it away.
--
-- A transaction that changes a relation inserts (its xid, the relation's oid) into carto.change_log, in itself: the row becomes
-- visible with the change and goes with a rollback. A relation's version is the number of its rows that are visible, so equal
-- versions mean equal data. Nothing is ever updated by a writer, so that none waits for another; and nothing is notified, because
-- NOTIFY takes a lock of the whole server through every commit and cannot be prepared (two-phase commit). Whoever wants to know
-- asks carto.poll() every few milliseconds, which costs as much as reading the rows that have come since.
--
-- Oids below 16384 are never users' relations. Three of them stand for the catalogue:
--   0  something that any statement may depend on (functions, types, policies, rights)
--   1  a relation was made, altered or dropped: a name may mean something else now
--   2  any change of the catalogue at all

SELECT pg_advisory_xact_lock(4712010501);

DO $check$
BEGIN
    -- As the owner of the schema somebody else could replace functions that run with a superuser's rights.
    IF EXISTS (SELECT FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner WHERE n.nspname = 'carto' AND NOT r.rolsuper) THEN
        RAISE 'The schema carto belongs to somebody else: rename it, and run this again.' USING ERRCODE = 'duplicate_schema';
    END IF;
END
$check$;

CREATE SCHEMA IF NOT EXISTS carto;

-- Never truncated by VACUUM, which takes a lock that writers would wait for.
CREATE TABLE IF NOT EXISTS carto.change_log (xid xid8 NOT NULL, relation oid NOT NULL)
    WITH (vacuum_truncate = false, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_threshold = -1);
CREATE INDEX IF NOT EXISTS change_log_xid ON carto.change_log (xid);

-- What has been counted already: the rows that are visible in carto.state.folded.
CREATE TABLE IF NOT EXISTS carto.relation_version (relation oid PRIMARY KEY, version bigint NOT NULL) WITH (fillfactor = 50);

-- One row. Rows of the log stay for a while after they were folded, for those who poll; below deleted_below there are none.
CREATE TABLE IF NOT EXISTS carto.state (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    folded pg_snapshot NOT NULL DEFAULT pg_current_snapshot(),
    kept pg_snapshot NOT NULL DEFAULT pg_current_snapshot(),
    kept_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_below xid8 NOT NULL DEFAULT '0',
    system_identifier bigint NOT NULL DEFAULT (pg_control_system()).system_identifier);
CREATE UNIQUE INDEX IF NOT EXISTS state_one_row ON carto.state ((true));

-- What roles that are read with may by what they are, as it was seen last: see carto.notice_roles().
CREATE TABLE IF NOT EXISTS carto.role_rights (role name PRIMARY KEY, rights text NOT NULL);

-- A crash empties unlogged tables without a trace, this one among them.
CREATE UNLOGGED TABLE IF NOT EXISTS carto.crash_marker (id uuid NOT NULL);
INSERT INTO carto.crash_marker SELECT gen_random_uuid() WHERE NOT EXISTS (SELECT FROM carto.crash_marker);

-- Restored from a dump into another cluster the transaction ids mean nothing: begin anew.
DELETE FROM carto.change_log WHERE EXISTS (SELECT FROM carto.state WHERE system_identifier <> (pg_control_system()).system_identifier);
DELETE FROM carto.state WHERE system_identifier <> (pg_control_system()).system_identifier;
INSERT INTO carto.state DEFAULT VALUES ON CONFLICT DO NOTHING;

CREATE OR REPLACE VIEW carto.unfolded AS
    SELECT changes.relation, count(*) AS changes
    FROM carto.state s
    CROSS JOIN LATERAL (
        SELECT l.relation FROM carto.change_log l WHERE l.xid >= pg_snapshot_xmax(s.folded)
        UNION ALL
        SELECT l.relation FROM pg_snapshot_xip(s.folded) AS x JOIN carto.change_log l ON l.xid = x
    ) AS changes
    GROUP BY changes.relation;

-- Two answers with equal incarnations count from the same beginning.
CREATE OR REPLACE FUNCTION carto.incarnation() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    marker text := '-';
BEGIN
    -- A standby has no unlogged tables, and a query that names one fails there. In PL/pgSQL it is planned once for a session.
    IF NOT pg_is_in_recovery() THEN
        marker := coalesce((SELECT min(id::text) FROM carto.crash_marker), '-');
    END IF;
    RETURN (
        SELECT concat_ws(':', s.id, (SELECT timeline_id FROM pg_control_checkpoint()), marker,
            (SELECT count(*) FROM pg_event_trigger WHERE evtname IN ('carto_ddl', 'carto_drop') AND evtenabled IN ('O', 'A')))
        FROM carto.state s);
END
$$;

-- Once for each statement: to look whether the transaction has logged the relation already costs more than to log it again. Every name
-- is qualified, so that no search_path needs to be set (a fifth of the cost).
CREATE OR REPLACE FUNCTION carto.log_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO carto.change_log (xid, relation) VALUES (pg_catalog.pg_current_xact_id(), TG_RELID);
    RETURN NULL;
END
$$;

-- For each row that replication applies: there it pays to look.
CREATE OR REPLACE FUNCTION carto.log_replicated_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    setting text := 'carto.logged_' || TG_RELID;
    place text := current_setting(setting, true);
BEGIN
    -- The setting only says where to look: anybody can write one.
    IF place ~ '^\(\d{1,9},\d{1,4}\)$' THEN
        PERFORM FROM carto.change_log WHERE ctid = place::tid AND xid = pg_current_xact_id() AND relation = TG_RELID;
        IF FOUND THEN
            RETURN NULL;
        END IF;
    END IF;

    INSERT INTO carto.change_log (xid, relation) VALUES (pg_current_xact_id(), TG_RELID) RETURNING ctid INTO place;
    PERFORM set_config(setting, place, true);
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION carto.log_relation(changed oid) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    -- A new or altered child changes what its ancestors show.
    WITH RECURSIVE line(relation) AS (
        SELECT changed UNION SELECT i.inhparent FROM line JOIN pg_inherits i ON i.inhrelid = line.relation
    )
    INSERT INTO carto.change_log (xid, relation) SELECT pg_current_xact_id(), relation FROM line
$$;

CREATE OR REPLACE FUNCTION carto.log_catalog(VARIADIC parts oid[]) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO carto.change_log (xid, relation) SELECT pg_current_xact_id(), part FROM unnest(parts || 2::oid) AS part
$$;

-- The statement trigger fires in every session; replication applies rows without it, so that there a row trigger does its work, which
-- is idle everywhere else.
CREATE OR REPLACE FUNCTION carto.watch_table(watched oid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    name text := watched::regclass;
    kind "char" := (SELECT relkind FROM pg_class WHERE oid = watched);
BEGIN
    IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = watched AND tgfoid = 'carto.log_change()'::regprocedure) THEN
        -- ENABLE TRIGGER ALL leaves them as ordinary ones, the one deaf and the other too eager. Who has disabled them wants that.
        IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = watched AND tgname = 'carto_change_replica' AND tgenabled IN ('O', 'A')) THEN
            EXECUTE format('ALTER TABLE ONLY %s ENABLE REPLICA TRIGGER carto_change_replica', name);
        END IF;
        IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = watched AND tgname = 'carto_change' AND tgenabled IN ('O', 'R')) THEN
            EXECUTE format('ALTER TABLE ONLY %s ENABLE ALWAYS TRIGGER carto_change', name);
        END IF;
        RETURN;
    END IF;
    -- Both before either is altered: ALTER TABLE is a command of its own, which comes here again.
    EXECUTE format('CREATE TRIGGER carto_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION carto.log_change()', name);
    IF kind = 'r' THEN
        EXECUTE format('CREATE TRIGGER carto_change_replica AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION carto.log_replicated_row()', name);
        EXECUTE format('ALTER TABLE ONLY %s ENABLE REPLICA TRIGGER carto_change_replica', name);
    END IF;
    EXECUTE format('ALTER TABLE ONLY %s ENABLE ALWAYS TRIGGER carto_change', name);
END
$$;

CREATE OR REPLACE FUNCTION carto.log_command(tag text, class oid, object oid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kind "char";
BEGIN
    IF class IS DISTINCT FROM 'pg_class'::regclass THEN
        PERFORM carto.log_catalog(0);
        RETURN;
    END IF;

    SELECT relkind INTO kind FROM pg_class WHERE oid = object;
    IF kind IN ('r', 'p', 'v', 'm', 'f') THEN
        PERFORM carto.log_relation(object);
        IF tag <> 'REFRESH MATERIALIZED VIEW' THEN
            PERFORM carto.log_catalog(1);
        END IF;
        IF kind IN ('r', 'p') THEN
            PERFORM carto.watch_table(object);
        END IF;
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION carto.log_ddl() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    command record;
BEGIN
    FOR command IN
        SELECT DISTINCT command_tag, classid, objid FROM pg_event_trigger_ddl_commands()
        WHERE coalesce(schema_name, '') NOT IN ('pg_temp', 'carto')
            AND command_tag !~ '^(COMMENT|SECURITY LABEL|CREATE SCHEMA|ALTER DEFAULT PRIVILEGES|REINDEX|CREATE PUBLICATION|CREATE SUBSCRIPTION)$'
            AND command_tag !~ '^(CREATE|ALTER) (INDEX|SEQUENCE|STATISTICS|TRIGGER)$'
    LOOP
        PERFORM carto.log_command(command.command_tag, command.classid, command.objid);
    END LOOP;
EXCEPTION WHEN OTHERS THEN
    -- A command of the user's never fails for us: then everything counts as changed.
    PERFORM carto.log_catalog(0, 1);
    RAISE WARNING 'A changed table may not be watched: %', SQLERRM;
END
$$;

CREATE OR REPLACE FUNCTION carto.log_drop() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    dropped record;
BEGIN
    FOR dropped IN
        SELECT DISTINCT classid, objid, object_type FROM pg_event_trigger_dropped_objects()
        WHERE NOT is_temporary AND objsubid = 0 AND coalesce(schema_name, '') <> 'carto'
            AND (original OR normal OR object_type IN ('table', 'view', 'materialized view', 'foreign table'))
            AND object_type NOT IN ('index', 'sequence', 'statistics object', 'default value', 'table constraint', 'schema', 'toast table')
            -- Of triggers ours alone matter: their table is not watched any more.
            AND (object_type <> 'trigger' OR (original AND object_identity LIKE 'carto\_change%'))
    LOOP
        IF dropped.object_type IN ('table', 'view', 'materialized view', 'foreign table') THEN
            PERFORM carto.log_relation(dropped.objid), carto.log_catalog(1);
        ELSE
            PERFORM carto.log_catalog(0);
        END IF;
    END LOOP;
EXCEPTION WHEN OTHERS THEN
    PERFORM carto.log_catalog(0, 1);
    RAISE WARNING 'A dropped object may not have been noticed: %', SQLERRM;
END
$$;

DO $triggers$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'carto_ddl') THEN
        CREATE EVENT TRIGGER carto_ddl ON ddl_command_end EXECUTE FUNCTION carto.log_ddl();
    END IF;
    IF NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'carto_drop') THEN
        CREATE EVENT TRIGGER carto_drop ON sql_drop EXECUTE FUNCTION carto.log_drop();
    END IF;
END
$triggers$;
ALTER EVENT TRIGGER carto_ddl ENABLE ALWAYS;
ALTER EVENT TRIGGER carto_drop ENABLE ALWAYS;

-- The versions of relations in the snapshot of the statement that asks, and whether all ways of changing them are seen.
CREATE OR REPLACE FUNCTION carto.versions(relations oid[]) RETURNS TABLE (incarnation text, relation oid, version bigint, is_watched boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off
-- A plan for these very relations looks cheaper, and takes longer to make than to run.
SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    name text := carto.incarnation();
BEGIN
    RETURN QUERY
        SELECT name, asked.oid, coalesce(v.version, 0) + coalesce(u.changes, 0), asked.oid < 3 OR CASE c.relkind
            WHEN 'v' THEN true
            WHEN 'm' THEN true
            WHEN 'r' THEN c.oid >= 16384 AND EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'carto_change' AND t.tgenabled = 'A')
                AND EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'carto_change_replica' AND t.tgenabled = 'R')
            WHEN 'p' THEN EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'carto_change' AND t.tgenabled = 'A')
            ELSE false END
        FROM (SELECT DISTINCT oid FROM unnest(relations) AS oid) AS asked
        LEFT JOIN pg_class c ON c.oid = asked.oid
        LEFT JOIN carto.relation_version v ON v.relation = asked.oid
        LEFT JOIN carto.unfolded u ON u.relation = asked.oid;
END
$$;

-- What has changed since the snapshot of the last answer, with the versions it has now. With a row for all that ever changed where that
-- cannot be told (is_complete); without changes one row, whose relation is null.
CREATE OR REPLACE FUNCTION carto.poll(last pg_snapshot) RETURNS TABLE (snapshot pg_snapshot, incarnation text, is_complete boolean, relation oid, version bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off
SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    this pg_snapshot := pg_current_snapshot();
    name text := carto.incarnation();
    complete boolean := last IS NULL OR pg_snapshot_xmax(last) > pg_snapshot_xmax(this)
        OR (SELECT s.deleted_below > pg_snapshot_xmin(last) FROM carto.state s);
    -- What a standby takes a snapshot of does not say which transactions are under way: there all count from the oldest of them on.
    since xid8 := CASE WHEN pg_is_in_recovery() THEN pg_snapshot_xmin(last) ELSE pg_snapshot_xmax(last) END;
    changed oid[];
BEGIN
    IF complete THEN
        changed := ARRAY(SELECT v.relation FROM carto.relation_version v UNION SELECT u.relation FROM carto.unfolded u);
    ELSE
        changed := ARRAY(
            SELECT l.relation FROM carto.change_log l WHERE l.xid >= since
            UNION SELECT l.relation FROM pg_snapshot_xip(last) AS x JOIN carto.change_log l ON l.xid = x);
    END IF;

    RETURN QUERY SELECT this, name, complete, NULL::oid, NULL::bigint;
    IF changed <> '{}' THEN
        RETURN QUERY
            SELECT this, name, complete, c.oid, coalesce(v.version, 0) + coalesce(u.changes, 0)
            FROM unnest(changed) AS c(oid)
            LEFT JOIN carto.relation_version v ON v.relation = c.oid
            LEFT JOIN carto.unfolded u ON u.relation = c.oid;
    END IF;
END
$$;

-- A snapshot that does not count this transaction as over, as its own one does.
CREATE OR REPLACE FUNCTION carto.without_self(taken pg_snapshot, self xid8) RETURNS pg_snapshot
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN self >= pg_snapshot_xmax(taken) THEN taken ELSE
        format('%s:%s:%s', least(self, pg_snapshot_xmin(taken)), pg_snapshot_xmax(taken),
            array_to_string(ARRAY(SELECT x FROM pg_snapshot_xip(taken) AS x UNION SELECT self ORDER BY 1), ','))::pg_snapshot END
$$;

-- Counts the log together, one caller at a time, and deletes what nobody can need. Takes READ COMMITTED: the statements behind the
-- lock must see what its last holder did. Does nothing in a transaction that has written.
CREATE OR REPLACE FUNCTION carto.fold() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' OR pg_current_xact_id_if_assigned() IS NOT NULL
        OR NOT pg_try_advisory_xact_lock(4712010502) THEN
        RETURN;
    END IF;
    PERFORM pg_current_xact_id();
    INSERT INTO carto.crash_marker SELECT gen_random_uuid() WHERE NOT EXISTS (SELECT FROM carto.crash_marker);

    WITH counted AS (
        INSERT INTO carto.relation_version AS v (relation, version) SELECT u.relation, u.changes FROM carto.unfolded u
        ON CONFLICT (relation) DO UPDATE SET version = v.version + EXCLUDED.version
    )
    UPDATE carto.state SET folded = carto.without_self(pg_current_snapshot(), pg_current_xact_id()) WHERE EXISTS (SELECT FROM carto.unfolded);

    IF EXISTS (SELECT FROM carto.state WHERE kept::text <> folded::text AND abs(extract(epoch FROM clock_timestamp() - kept_at)) > 30) THEN
        DELETE FROM carto.change_log l USING carto.state s WHERE l.xid < pg_snapshot_xmin(s.kept);
        UPDATE carto.state SET deleted_below = pg_snapshot_xmin(kept), kept = folded, kept_at = clock_timestamp();
    END IF;
END
$$;

-- A role's attributes, settings and memberships, those of the roles it belongs to, and whether it may connect. Passwords are not among them.
CREATE OR REPLACE FUNCTION carto.rights_of(reader name) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE line(oid) AS (
        SELECT oid FROM pg_roles WHERE rolname = reader
        UNION SELECT m.roleid FROM line JOIN pg_auth_members m ON m.member = line.oid
    )
    SELECT md5(concat_ws('|',
        (SELECT has_database_privilege(oid, current_database(), 'CONNECT') FROM pg_roles WHERE rolname = reader),
        (SELECT string_agg(concat_ws(':', r.oid, r.rolsuper, r.rolinherit, r.rolcanlogin, r.rolbypassrls), ',' ORDER BY r.oid) FROM pg_roles r JOIN line USING (oid)),
        (SELECT string_agg(m::text, ',' ORDER BY m::text COLLATE "C") FROM pg_auth_members m JOIN line ON line.oid = m.member),
        (SELECT string_agg(s::text, ',' ORDER BY s.setdatabase, s.setrole) FROM pg_db_role_setting s
            WHERE (s.setrole = 0 OR s.setrole = (SELECT oid FROM pg_roles WHERE rolname = reader))
                AND (s.setdatabase = 0 OR s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())))))
$$;

-- Roles belong to the whole server, and no event trigger fires when they change: those who poll look, for the roles they read with. A
-- role that may something else than at the last look counts as a change of 0.
CREATE OR REPLACE FUNCTION carto.notice_roles(readers name[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
    UPDATE carto.role_rights AS known SET rights = carto.rights_of(known.role)
    WHERE known.role = ANY (readers) AND known.rights <> carto.rights_of(known.role);
    IF FOUND THEN
        PERFORM carto.log_catalog(0);
    END IF;

    INSERT INTO carto.role_rights (role, rights) SELECT rolname, carto.rights_of(rolname) FROM pg_roles
    WHERE rolname = ANY (readers) AND NOT EXISTS (SELECT FROM carto.role_rights known WHERE known.role = rolname)
    ON CONFLICT DO NOTHING;
END
$$;

-- Triggers on the tables that are there already. A table that somebody holds for long is left out, with a warning: what is read of it
-- does not count as watched, and the next run tries again.
DO $watch$
DECLARE
    watched oid;
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);
    FOR watched IN
        SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND c.oid >= 16384 AND n.nspname NOT IN ('carto', 'pg_catalog', 'information_schema')
    LOOP
        BEGIN
            PERFORM carto.watch_table(watched);
        EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'The table % is not watched: %', watched::regclass, SQLERRM;
        END;
    END LOOP;
    PERFORM set_config('lock_timeout', '0', true);
END
$watch$;

REVOKE ALL ON ALL TABLES IN SCHEMA carto FROM PUBLIC;
-- The functions of cells (functions/cells.sql) are everybody's.
DO $close$
DECLARE
    own regprocedure;
BEGIN
    FOR own IN SELECT oid::regprocedure FROM pg_proc
        WHERE pronamespace = 'carto'::regnamespace AND proname NOT LIKE 'quadbin\_%' AND proname NOT LIKE 'h3\_%' AND proname NOT LIKE 'cells\_%'
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', own);
    END LOOP;
END
$close$;
GRANT USAGE ON SCHEMA carto TO PUBLIC;
GRANT EXECUTE ON FUNCTION carto.poll(pg_snapshot), carto.versions(oid[]), carto.fold(), carto.notice_roles(name[]) TO PUBLIC;
