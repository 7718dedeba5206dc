-- Stops watching this database: takes away what install.sql made, the triggers on users' tables included. Run by a superuser.
DROP EVENT TRIGGER IF EXISTS carto_ddl;
DROP EVENT TRIGGER IF EXISTS carto_drop;
DO $uninstall$
BEGIN
    IF to_regprocedure('carto.log_change()') IS NOT NULL THEN
        DROP SCHEMA carto CASCADE;
    END IF;
END
$uninstall$;
