-- What makes or takes geometry names the schema that PostGIS is in, wherever that is.
DO $geometry$
DECLARE
    postgis text := (SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis');
BEGIN
    IF postgis IS NULL THEN RAISE 'PostGIS is not installed in this database.' USING ERRCODE = 'undefined_object'; END IF;
    EXECUTE replace($functions$
        CREATE OR REPLACE FUNCTION carto.quadbin_boundary(quadbin bigint) RETURNS POSTGIS.geometry LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
        AS $$
        DECLARE
            b CONSTANT double precision[] := carto.quadbin_bbox(quadbin);
        BEGIN
            RETURN CASE WHEN b IS NOT NULL THEN POSTGIS.ST_MakeEnvelope(b[1], b[2], b[3], b[4], 4326) END;
        END
        $$;

        CREATE OR REPLACE FUNCTION carto.quadbin_center(quadbin bigint) RETURNS POSTGIS.geometry LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
        AS $$
        DECLARE
            place CONSTANT integer[] := carto.cells_quadbin_place(quadbin);
            n CONSTANT double precision := 1 << place[1];
        BEGIN
            RETURN CASE WHEN place IS NOT NULL
                THEN POSTGIS.ST_SetSRID(POSTGIS.ST_MakePoint(360 * (place[2] + 0.5) / n - 180, degrees(atan(sinh(pi() * (1 - 2 * (place[3] + 0.5) / n))))), 4326) END;
        END
        $$;

        CREATE OR REPLACE FUNCTION carto.cells_degrees(geom POSTGIS.geometry) RETURNS POSTGIS.geometry LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
        AS $$
        BEGIN
            RETURN CASE POSTGIS.ST_SRID(geom) WHEN 0 THEN POSTGIS.ST_SetSRID(geom, 4326) WHEN 4326 THEN geom ELSE POSTGIS.ST_Transform(geom, 4326) END;
        END
        $$;

        CREATE OR REPLACE FUNCTION carto.quadbin_fromgeogpoint(point POSTGIS.geometry, resolution integer) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
        AS $$
        DECLARE
            p CONSTANT POSTGIS.geometry := carto.cells_degrees(point);
        BEGIN
            RETURN carto.quadbin_fromlonglat(POSTGIS.ST_X(p), POSTGIS.ST_Y(p), resolution);
        END
        $$;

        CREATE OR REPLACE FUNCTION carto.quadbin_fromgeopoint(point POSTGIS.geometry, resolution integer) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
        AS $$ BEGIN RETURN carto.quadbin_fromgeogpoint(point, resolution); END $$;

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
        -- H3 geometry, from three numbers to degrees.
        CREATE OR REPLACE FUNCTION carto.cells_h3_point(place double precision[]) RETURNS POSTGIS.geometry LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
        SET search_path = pg_catalog, POSTGIS
        AS $$
        BEGIN
            RETURN POSTGIS.ST_SetSRID(POSTGIS.ST_MakePoint(degrees(atan2(place[2], place[1])), degrees(atan2(place[3], sqrt(place[1] * place[1] + place[2] * place[2])))), 4326);
        END
        $$;

        CREATE OR REPLACE FUNCTION carto.h3_center(index text) RETURNS POSTGIS.geometry LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
        AS $$
        BEGIN
            RETURN (SELECT CASE WHEN carto.h3_isvalid(index) THEN carto.cells_h3_point(carto.cells_h3_middle(carto.h3_string_toint(index))) END);
        END
        $$;

        -- A cell on both sides of the 180th meridian goes on beyond it in the east.
        CREATE OR REPLACE FUNCTION carto.cells_h3_ring(cell bigint) RETURNS POSTGIS.geometry LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
        SET search_path = pg_catalog, POSTGIS
        AS $$
        DECLARE
            outline CONSTANT double precision[] := carto.cells_h3_outline(cell);
            corners POSTGIS.geometry[] := '{}';
            ring POSTGIS.geometry;
        BEGIN
            FOR n IN 0 .. array_length(outline, 1) / 3 - 1 LOOP
                corners := corners || carto.cells_h3_point(outline[3 * n + 1 : 3 * n + 3]);
            END LOOP;
            ring := POSTGIS.ST_MakePolygon(POSTGIS.ST_MakeLine(corners || corners[1]));
            IF POSTGIS.ST_XMax(ring) - POSTGIS.ST_XMin(ring) > 180 THEN RETURN POSTGIS.ST_ShiftLongitude(ring); END IF;
            RETURN ring;
        END
        $$;

        CREATE OR REPLACE FUNCTION carto.h3_boundary(index text) RETURNS POSTGIS.geometry LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
        AS $$
        BEGIN
            RETURN (SELECT CASE WHEN carto.h3_isvalid(index) THEN carto.cells_h3_ring(carto.h3_string_toint(index)) END);
        END
        $$;

        CREATE OR REPLACE FUNCTION carto.h3_fromgeogpoint(point POSTGIS.geometry, resolution integer) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
        AS $$
        BEGIN
            RETURN (SELECT carto.h3_fromlonglat(POSTGIS.ST_X(p), POSTGIS.ST_Y(p), resolution) FROM (SELECT carto.cells_degrees(point) AS p) AS t);
        END
        $$;

        CREATE OR REPLACE FUNCTION carto.h3_fromgeopoint(point POSTGIS.geometry, resolution integer) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
        AS $$ BEGIN RETURN carto.h3_fromgeogpoint(point, resolution); END $$;

        -- From the 122 coarsest cells down: what is too far from the geometry for any descendant is not gone into. Children reach beyond their
        -- parents; 20 degrees around a coarsest cell's centre hold all of them, a seventh of the area at each resolution.
        CREATE OR REPLACE FUNCTION carto.h3_polyfill(geom POSTGIS.geometry, resolution integer, mode text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
        SET search_path = pg_catalog, POSTGIS
        AS $$
        DECLARE
            area POSTGIS.geometry := carto.cells_degrees(geom);
            cells bigint[] := ARRAY(SELECT (1::bigint << 59) | (base << 45) | ((1::bigint << 45) - 1) FROM generate_series(0::bigint, 121) AS base);
            reach double precision;
        BEGIN
            IF resolution < 0 OR resolution > 15 THEN PERFORM carto.cells_error(format('Invalid resolution "%s"; should be between 0 and 15', resolution)); END IF;
            IF mode NOT IN ('intersects', 'contains', 'center') THEN PERFORM carto.cells_error(format('Invalid mode "%s"; should be intersects, contains or center', mode)); END IF;
            IF POSTGIS.ST_IsEmpty(area) THEN RETURN NULL; END IF;
            FOR r IN 0 .. resolution LOOP
                IF r > 0 THEN
                    cells := ARRAY(
                        SELECT (parent & ~(15::bigint << 52) & ~(7::bigint << (3 * (15 - r)))) | (r::bigint << 52) | (digit << (3 * (15 - r)))
                        FROM unnest(cells) AS parent, generate_series(0::bigint, 6) AS digit
                        WHERE NOT (digit = 1 AND carto.cells_h3_ispentagon(((parent >> 45) & 127)::integer) AND carto.cells_h3_leading(parent, r - 1) = 0));
                END IF;
                reach := 20 * power(7::double precision, -r / 2.0::double precision);
                cells := ARRAY(
                    SELECT cell FROM (SELECT cell, carto.cells_h3_point(carto.cells_h3_middle(cell)) AS center FROM unnest(cells) AS cell OFFSET 0) AS c,
                        -- Degrees of longitude that so many of latitude are; near the poles all.
                        LATERAL (SELECT CASE WHEN abs(POSTGIS.ST_Y(center)) + reach > 88 THEN 360 ELSE reach / cos(radians(abs(POSTGIS.ST_Y(center)) + reach)) END AS wide) AS w
                    WHERE POSTGIS.ST_YMin(area) <= POSTGIS.ST_Y(center) + reach AND POSTGIS.ST_YMax(area) >= POSTGIS.ST_Y(center) - reach
                        AND (POSTGIS.ST_DWithin(area, center, wide) OR POSTGIS.ST_DWithin(area, POSTGIS.ST_Translate(center, 360, 0), wide) OR POSTGIS.ST_DWithin(area, POSTGIS.ST_Translate(center, -360, 0), wide)));
            END LOOP;
            RETURN (SELECT array_agg(to_hex(cell) ORDER BY cell) FROM unnest(cells) AS cell
                WHERE CASE mode WHEN 'center' THEN POSTGIS.ST_Intersects(area, carto.cells_h3_point(carto.cells_h3_middle(cell)))
                    WHEN 'contains' THEN POSTGIS.ST_Contains(area, carto.cells_h3_ring(cell)) OR POSTGIS.ST_Contains(area, POSTGIS.ST_Translate(carto.cells_h3_ring(cell), -360, 0))
                    ELSE POSTGIS.ST_Intersects(area, carto.cells_h3_ring(cell)) OR POSTGIS.ST_Intersects(area, POSTGIS.ST_Translate(carto.cells_h3_ring(cell), -360, 0)) END);
        END
        $$;

        CREATE OR REPLACE FUNCTION carto.h3_polyfill(geom POSTGIS.geometry, resolution integer) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        AS $$ SELECT carto.h3_polyfill(geom, resolution, 'center') $$;
    $functions$, 'POSTGIS', postgis);
END
$geometry$;
