-- None of them sees a schema of its caller's, and everybody may call them.
DO $pin$
DECLARE
    made record;
BEGIN
    FOR made IN SELECT oid::regprocedure AS name, proconfig IS NULL AS is_open FROM pg_proc
        WHERE pronamespace = 'carto'::regnamespace AND (proname LIKE 'quadbin\_%' OR proname LIKE 'h3\_%' OR proname LIKE 'cells\_%')
    LOOP
        IF made.is_open THEN
            EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog', made.name);
        END IF;
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO PUBLIC', made.name);
    END LOOP;
END
$pin$;
