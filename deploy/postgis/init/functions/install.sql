-- The spatial index functions of CARTO's Analytics Toolbox for PostgreSQL, by their names: carto.quadbin_… and carto.h3_…, in SQL
-- and PL/pgSQL alone. Run by a superuser on PostgreSQL 13+ with PostGIS; run again, it replaces them.
--
-- A quadbin cell is a bigint; an H3 cell is text in hexadecimal, as the toolbox has it. What is no cell gives NULL. All functions are
-- IMMUTABLE and PARALLEL SAFE and see no schema but PostgreSQL's own and that of PostGIS, so that nobody can put another function in the place of one they call.

SELECT pg_advisory_xact_lock(4712010502);

DO $check$
BEGIN
    IF EXISTS (SELECT FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner WHERE n.nspname = 'carto' AND NOT r.rolsuper) THEN
        RAISE 'The schema carto belongs to somebody else: rename it, and run this again.' USING ERRCODE = 'duplicate_schema';
    END IF;
END
$check$;

CREATE SCHEMA IF NOT EXISTS carto;
GRANT USAGE ON SCHEMA carto TO PUBLIC;

-- Quadbin: header 0100, mode 1, zoom in bits 56 to 52, then row and column interleaved from the top, unused low bits all 1.

-- VOLATILE, so that no planner runs it ahead of the case it stands in.
CREATE OR REPLACE FUNCTION carto.cells_error(message text) RETURNS bigint LANGUAGE plpgsql VOLATILE PARALLEL SAFE SET search_path = pg_catalog
AS $$ BEGIN RAISE EXCEPTION '%', message USING ERRCODE = 'invalid_parameter_value'; END $$;

CREATE OR REPLACE FUNCTION carto.cells_spread(value bigint) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT (e | (e << 1)) & 6148914691236517205 FROM (
        SELECT (d | (d << 2)) & 3689348814741910323 AS e FROM (
            SELECT (c | (c << 4)) & 1085102592571150095 AS d FROM (
                SELECT (b | (b << 8)) & 71777214294589695 AS c FROM (
                    SELECT (value | (value << 16)) & 281470681808895 AS b) AS s1) AS s2) AS s3) AS s4
$$;

CREATE OR REPLACE FUNCTION carto.cells_gather(value bigint) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT (e | (e >> 16)) & 4294967295 FROM (
        SELECT (d | (d >> 8)) & 281470681808895 AS e FROM (
            SELECT (c | (c >> 4)) & 71777214294589695 AS d FROM (
                SELECT (b | (b >> 2)) & 1085102592571150095 AS c FROM (
                    SELECT (a | (a >> 1)) & 3689348814741910323 AS b FROM (
                        SELECT value & 6148914691236517205 AS a) AS s0) AS s1) AS s2) AS s3) AS s4
$$;

CREATE OR REPLACE FUNCTION carto.quadbin_isvalid(quadbin bigint) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN quadbin IS NULL THEN false
        WHEN (quadbin >> 57) <> 36 OR ((quadbin >> 52) & 31) > 26 THEN false
        ELSE (quadbin & (4503599627370495 >> (2 * ((quadbin >> 52) & 31))::int)) = (4503599627370495 >> (2 * ((quadbin >> 52) & 31))::int) END
$$;

CREATE OR REPLACE FUNCTION carto.quadbin_resolution(quadbin bigint) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT (quadbin >> 52) & 31 $$;

CREATE OR REPLACE FUNCTION carto.quadbin_fromzxy(z integer, x integer, y integer) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT CASE WHEN z < 0 OR z > 26 THEN carto.cells_error(format('Invalid resolution "%s"; should be between 0 and 26', z))
        WHEN x < 0 OR y < 0 OR x >= (1 << z) OR y >= (1 << z) THEN carto.cells_error(format('There is no tile %s/%s/%s', z, x, y))
        ELSE 5188146770730811392 | (z::bigint << 52) | (((carto.cells_spread(y) << 1) | carto.cells_spread(x)) << (52 - 2 * z)) | (4503599627370495 >> (2 * z)) END
$$;

CREATE OR REPLACE FUNCTION carto.quadbin_x(quadbin bigint) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT carto.cells_gather((quadbin & 4503599627370495) >> (52 - 2 * ((quadbin >> 52) & 31))::int)::int $$;

CREATE OR REPLACE FUNCTION carto.quadbin_y(quadbin bigint) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT carto.cells_gather((quadbin & 4503599627370495) >> (53 - 2 * ((quadbin >> 52) & 31))::int)::int $$;

CREATE OR REPLACE FUNCTION carto.quadbin_tozxy(quadbin bigint) RETURNS json LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT CASE WHEN carto.quadbin_isvalid(quadbin)
        THEN json_build_object('z', (quadbin >> 52) & 31, 'x', CASE WHEN ((quadbin >> 52) & 31) = 0 THEN 0 ELSE carto.quadbin_x(quadbin) END,
            'y', CASE WHEN ((quadbin >> 52) & 31) = 0 THEN 0 ELSE carto.quadbin_y(quadbin) END) END
$$;

CREATE OR REPLACE FUNCTION carto.quadbin_fromlonglat(longitude double precision, latitude double precision, resolution integer) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT CASE WHEN resolution < 0 OR resolution > 26 THEN carto.cells_error(format('Invalid resolution "%s"; should be between 0 and 26', resolution))
        -- Longitudes go around the world; latitudes end at its square, whose southern edge belongs to the last row.
        ELSE carto.quadbin_fromzxy(resolution,
            ((floor((1::bigint << resolution) * (longitude / 360 + 0.5))::bigint % (1::bigint << resolution)) + (1::bigint << resolution))::bigint::int % (1 << resolution),
            least(greatest(floor((1::bigint << resolution) * (0.5 - ln((1 + s) / (1 - s)) / (4 * pi()))), 0), (1 << resolution) - 1)::int) END
    FROM (SELECT sin(radians(least(greatest(latitude, -89), 89))) AS s) AS t
$$;

CREATE OR REPLACE FUNCTION carto.quadbin_toparent(quadbin bigint, resolution integer) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT CASE WHEN resolution < 0 OR resolution > ((quadbin >> 52) & 31) THEN carto.cells_error('Invalid resolution')
        ELSE (quadbin & ~(31::bigint << 52)) | (resolution::bigint << 52) | (4503599627370495 >> (2 * resolution)) END
$$;

CREATE OR REPLACE FUNCTION carto.quadbin_tochildren(quadbin bigint, resolution integer) RETURNS bigint[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT CASE WHEN resolution < 0 OR resolution > 26 OR resolution < ((quadbin >> 52) & 31) THEN ARRAY[carto.cells_error('Invalid resolution')]
        ELSE (SELECT array_agg(
                (quadbin & ~(31::bigint << 52) & ~(4503599627370495 >> (2 * ((quadbin >> 52) & 31))::int)) | (resolution::bigint << 52)
                | (child << (52 - 2 * resolution)) | (4503599627370495 >> (2 * resolution)) ORDER BY child)
            FROM generate_series(0, (1::bigint << (2 * (resolution - ((quadbin >> 52) & 31)))::int) - 1) AS child) END
$$;

CREATE OR REPLACE FUNCTION carto.quadbin_sibling(quadbin bigint, direction text) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT CASE WHEN direction NOT IN ('left', 'right', 'up', 'down')
            THEN carto.cells_error(format('Invalid direction "%s". Must be one of "left", "right", "up" or "down"', direction))
        WHEN NOT carto.quadbin_isvalid(quadbin) THEN NULL
        -- Around the world, and not over its edges.
        WHEN y + dy BETWEEN 0 AND n - 1 THEN carto.quadbin_fromzxy(z, (x + dx + n) % n, y + dy) END
    FROM (SELECT (t ->> 'z')::int AS z, (t ->> 'x')::int AS x, (t ->> 'y')::int AS y, 1 << (t ->> 'z')::int AS n,
              CASE direction WHEN 'left' THEN -1 WHEN 'right' THEN 1 ELSE 0 END AS dx, CASE direction WHEN 'up' THEN -1 WHEN 'down' THEN 1 ELSE 0 END AS dy
          FROM (SELECT carto.quadbin_tozxy(quadbin) AS t) AS tile) AS place
$$;

CREATE OR REPLACE FUNCTION carto.quadbin_kring_distances(origin bigint, size integer) RETURNS json[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN size IS NULL OR size < 0 OR size > 1000 THEN ARRAY[to_json(carto.cells_error(format('Invalid input size "%s"', size)))]
        WHEN NOT carto.quadbin_isvalid(origin) THEN ARRAY[to_json(carto.cells_error('Invalid input origin'))]
        ELSE (SELECT array_agg(json_build_object('index', cell, 'distance', distance) ORDER BY distance, cell)
            FROM (SELECT carto.quadbin_fromzxy(z, (((x + dx) % n) + n) % n, y + dy) AS cell, min(greatest(abs(dx), abs(dy))) AS distance
                  FROM (SELECT (t ->> 'z')::int AS z, (t ->> 'x')::int AS x, (t ->> 'y')::int AS y, 1 << (t ->> 'z')::int AS n
                        FROM (SELECT carto.quadbin_tozxy(origin) AS t) AS tile) AS place,
                      generate_series(-size, size) AS dx, generate_series(-size, size) AS dy
                  WHERE y + dy BETWEEN 0 AND n - 1
                  GROUP BY 1) AS ring) END
$$;

CREATE OR REPLACE FUNCTION carto.quadbin_kring(origin bigint, size integer) RETURNS bigint[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT array_agg((ring ->> 'index')::bigint ORDER BY place) FROM unnest(carto.quadbin_kring_distances(origin, size)) WITH ORDINALITY AS r (ring, place)
$$;

CREATE OR REPLACE FUNCTION carto.quadbin_distance(origin bigint, destination bigint) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT CASE WHEN (a ->> 'z') = (b ->> 'z') THEN greatest(abs((a ->> 'x')::bigint - (b ->> 'x')::bigint), abs((a ->> 'y')::bigint - (b ->> 'y')::bigint)) END
    FROM (SELECT carto.quadbin_tozxy(origin) AS a, carto.quadbin_tozxy(destination) AS b) AS t
$$;

CREATE OR REPLACE FUNCTION carto.quadbin_bbox(quadbin bigint) RETURNS double precision[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT CASE WHEN carto.quadbin_isvalid(quadbin) THEN ARRAY[
        360.0 * x / n - 180, degrees(atan(sinh(pi() * (1 - 2.0 * (y + 1) / n)))), 360.0 * (x + 1) / n - 180, degrees(atan(sinh(pi() * (1 - 2.0 * y / n))))]::float8[] END
    FROM (SELECT (t ->> 'x')::float8 AS x, (t ->> 'y')::float8 AS y, (1 << (t ->> 'z')::int)::float8 AS n FROM (SELECT carto.quadbin_tozxy(quadbin) AS t) AS tile) AS place
$$;

CREATE OR REPLACE FUNCTION carto.quadbin_toquadkey(quadbin bigint) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT coalesce(string_agg(((quadbin >> (52 - 2 * place)) & 3)::text, '' ORDER BY place), '')
    FROM generate_series(1, ((quadbin >> 52) & 31)::int) AS place
$$;

CREATE OR REPLACE FUNCTION carto.quadbin_fromquadkey(quadkey text) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT CASE WHEN quadkey !~ '^[0-3]{0,26}$' THEN carto.cells_error(format('Invalid quadkey "%s"', quadkey))
        ELSE 5188146770730811392 | (length(quadkey)::bigint << 52) | (4503599627370495 >> (2 * length(quadkey)))
            | coalesce((SELECT sum(substr(quadkey, place, 1)::bigint << (52 - 2 * place))::bigint FROM generate_series(1, length(quadkey)) AS place), 0) END
$$;

-- H3: reserved bit, mode 1, resolution in bits 55 to 52, base cell in 51 to 45, fifteen digits of three bits, unused ones 7.

CREATE OR REPLACE FUNCTION carto.h3_string_toint(index text) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT CASE WHEN index ~ '^[0-9a-fA-F]{1,16}$' THEN ('x' || lpad(index, 16, '0'))::bit(64)::bigint END $$;

CREATE OR REPLACE FUNCTION carto.h3_int_tostring(index bigint) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT to_hex(index) $$;

CREATE OR REPLACE FUNCTION carto.h3_isvalid(index text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT coalesce(length(index) <= 16 AND (c >> 56) = 8 AND base < 122 AND (c & finer) = finer
        -- No digit is 7; below a pentagon the first one that is not 0 is not 1.
        AND (c & (c >> 1) & (c >> 2) & 5026338869833 & ~finer) = 0
        AND (base NOT IN (4, 14, 24, 38, 49, 58, 63, 72, 83, 97, 107, 117) OR first = 0 OR first % 3 <> 0), false)
    FROM (SELECT c, base, finer, position(B'1' IN (c & 35184372088831 & ~finer)::bit(45)) AS first
          FROM (SELECT c, (c >> 45) & 127 AS base, (1::bigint << (3 * (15 - ((c >> 52) & 15)))::int) - 1 AS finer
                FROM (SELECT carto.h3_string_toint(index) AS c) AS s1) AS s2) AS s3
$$;

CREATE OR REPLACE FUNCTION carto.h3_resolution(index text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT CASE WHEN carto.h3_isvalid(index) THEN ((carto.h3_string_toint(index) >> 52) & 15)::int END $$;

CREATE OR REPLACE FUNCTION carto.h3_ispentagon(index text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN carto.h3_isvalid(index) THEN ((c >> 45) & 127) IN (4, 14, 24, 38, 49, 58, 63, 72, 83, 97, 107, 117)
            AND (c & 35184372088831 & ~((1::bigint << (3 * (15 - ((c >> 52) & 15)))::int) - 1)) = 0 ELSE false END
    FROM (SELECT carto.h3_string_toint(index) AS c) AS t
$$;

CREATE OR REPLACE FUNCTION carto.h3_toparent(index text, resolution integer) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT CASE WHEN carto.h3_isvalid(index) AND resolution BETWEEN 0 AND ((c >> 52) & 15)
        THEN to_hex((c & ~(15::bigint << 52)) | (resolution::bigint << 52) | ((1::bigint << (3 * (15 - resolution))) - 1)) END
    FROM (SELECT carto.h3_string_toint(index) AS c) AS t
$$;

CREATE OR REPLACE FUNCTION carto.h3_tochildren(index text, resolution integer) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog
AS $$
DECLARE
    cells bigint[];
    cell bigint := carto.h3_string_toint(index);
    own integer := carto.h3_resolution(index);
BEGIN
    IF own IS NULL OR resolution < own OR resolution > 15 THEN RETURN ARRAY[]::text[]; END IF;
    cells := ARRAY[cell];
    FOR finer IN own + 1 .. resolution LOOP
        SELECT array_agg(child ORDER BY child) INTO cells
        FROM (SELECT (parent & ~(15::bigint << 52) & ~(7::bigint << (3 * (15 - finer)))) | (finer::bigint << 52) | (digit << (3 * (15 - finer))) AS child
              FROM unnest(cells) AS parent, generate_series(0::bigint, 6) AS digit) AS children
        WHERE carto.h3_isvalid(to_hex(child));
    END LOOP;
    RETURN (SELECT array_agg(to_hex(c) ORDER BY c) FROM unnest(cells) AS c);
END
$$;

-- What makes or takes geometry names the schema that PostGIS is in, wherever that is.
DO $geometry$
DECLARE
    postgis text := (SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis');
BEGIN
    IF postgis IS NULL THEN RAISE 'PostGIS is not installed in this database.' USING ERRCODE = 'undefined_object'; END IF;
    EXECUTE replace($functions$
        CREATE OR REPLACE FUNCTION carto.quadbin_boundary(quadbin bigint) RETURNS POSTGIS.geometry LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        AS $$ SELECT POSTGIS.ST_MakeEnvelope(b[1], b[2], b[3], b[4], 4326) FROM (SELECT carto.quadbin_bbox(quadbin) AS b) AS t WHERE b IS NOT NULL $$;

        CREATE OR REPLACE FUNCTION carto.quadbin_center(quadbin bigint) RETURNS POSTGIS.geometry LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        AS $$
            SELECT CASE WHEN carto.quadbin_isvalid(quadbin)
                THEN POSTGIS.ST_SetSRID(POSTGIS.ST_MakePoint(360 * (x + 0.5) / n - 180, degrees(atan(sinh(pi() * (1 - 2 * (y + 0.5) / n))))), 4326) END
            FROM (SELECT (t ->> 'x')::float8 AS x, (t ->> 'y')::float8 AS y, (1 << (t ->> 'z')::int)::float8 AS n FROM (SELECT carto.quadbin_tozxy(quadbin) AS t) AS tile) AS place
        $$;

        CREATE OR REPLACE FUNCTION carto.cells_degrees(geom POSTGIS.geometry) RETURNS POSTGIS.geometry LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        AS $$ SELECT CASE POSTGIS.ST_SRID(geom) WHEN 0 THEN POSTGIS.ST_SetSRID(geom, 4326) WHEN 4326 THEN geom ELSE POSTGIS.ST_Transform(geom, 4326) END $$;

        CREATE OR REPLACE FUNCTION carto.quadbin_fromgeogpoint(point POSTGIS.geometry, resolution integer) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        AS $$ SELECT carto.quadbin_fromlonglat(POSTGIS.ST_X(p), POSTGIS.ST_Y(p), resolution) FROM (SELECT carto.cells_degrees(point) AS p) AS t $$;

        CREATE OR REPLACE FUNCTION carto.quadbin_fromgeopoint(point POSTGIS.geometry, resolution integer) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        AS $$ SELECT carto.quadbin_fromgeogpoint(point, resolution) $$;

        -- From the world down: what does not touch the geometry is not gone into.
        CREATE OR REPLACE FUNCTION carto.quadbin_polyfill(geom POSTGIS.geometry, resolution integer, mode text) RETURNS bigint[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
        SET search_path = pg_catalog, POSTGIS
        AS $$
        DECLARE
            area POSTGIS.geometry := carto.cells_degrees(geom);
            cells bigint[] := ARRAY[5192650370358181887];
        BEGIN
            IF resolution < 0 OR resolution > 26 THEN PERFORM carto.cells_error(format('Invalid resolution "%s"; should be between 0 and 26', resolution)); END IF;
            IF mode NOT IN ('intersects', 'contains', 'center') THEN PERFORM carto.cells_error(format('Invalid mode "%s"; should be intersects, contains or center', mode)); END IF;
            FOR z IN 1 .. resolution LOOP
                SELECT array_agg(child) INTO cells FROM unnest(cells) AS parent, unnest(carto.quadbin_tochildren(parent, z)) AS child
                WHERE POSTGIS.ST_Intersects(area, carto.quadbin_boundary(child));
                IF cells IS NULL THEN RETURN NULL; END IF;
            END LOOP;
            RETURN (SELECT array_agg(cell ORDER BY cell) FROM unnest(cells) AS cell
                WHERE CASE mode WHEN 'center' THEN POSTGIS.ST_Intersects(area, carto.quadbin_center(cell)) WHEN 'contains' THEN POSTGIS.ST_Contains(area, carto.quadbin_boundary(cell))
                    ELSE POSTGIS.ST_Intersects(area, carto.quadbin_boundary(cell)) END);
        END
        $$;

        CREATE OR REPLACE FUNCTION carto.quadbin_polyfill(geom POSTGIS.geometry, resolution integer) RETURNS bigint[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        AS $$ SELECT carto.quadbin_polyfill(geom, resolution, 'center') $$;
    $functions$, 'POSTGIS', postgis);
END
$geometry$;

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
