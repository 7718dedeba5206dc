CREATE OR REPLACE FUNCTION carto.h3_fromlonglat(longitude double precision, latitude double precision, resolution integer) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    RETURN (SELECT CASE WHEN resolution BETWEEN 0 AND 15 AND abs(longitude) < 'infinity' AND abs(latitude) < 'infinity'
            THEN to_hex(carto.cells_h3_find(cos(b) * cos(l), cos(b) * sin(l), sin(b), resolution)) END
        FROM (SELECT radians(CASE WHEN abs(longitude) < 'infinity' THEN longitude ELSE 0 END) AS l, radians(CASE WHEN abs(latitude) < 'infinity' THEN latitude ELSE 0 END) AS b) AS t);
END
$$;

CREATE OR REPLACE FUNCTION carto.h3_kring_distances(origin text, size integer) RETURNS json[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog
AS $$
DECLARE
    cells bigint[];
    ring bigint[];
    found json[];
BEGIN
    IF size IS NULL OR size < 0 OR size > 1000 THEN PERFORM carto.cells_error(format('Invalid input size "%s"', size)); END IF;
    IF NOT carto.h3_isvalid(origin) THEN PERFORM carto.cells_error('Invalid input origin'); END IF;
    cells := ARRAY[carto.h3_string_toint(origin)];
    ring := cells;
    found := ARRAY[json_build_object('index', to_hex(cells[1]), 'distance', 0)];
    FOR distance IN 1 .. size LOOP
        SELECT array_agg(DISTINCT n) INTO ring FROM unnest(ring) AS cell, unnest(carto.cells_h3_neighbors(cell)) AS n
        WHERE NOT EXISTS (SELECT FROM unnest(cells) AS known WHERE known = n);
        EXIT WHEN ring IS NULL;
        -- A ring borders on itself, on the one before and on the next: older ones need not be known.
        cells := (SELECT array_agg(c) FROM (SELECT unnest(ring) AS c UNION SELECT carto.h3_string_toint(f ->> 'index') FROM unnest(found) AS f WHERE (f ->> 'distance')::integer = distance - 1) AS last);
        found := found || (SELECT array_agg(json_build_object('index', to_hex(c), 'distance', distance) ORDER BY c) FROM unnest(ring) AS c);
    END LOOP;
    RETURN found;
END
$$;

CREATE OR REPLACE FUNCTION carto.h3_kring(origin text, size integer) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT array_agg(ring ->> 'index' ORDER BY place) FROM unnest(carto.h3_kring_distances(origin, size)) WITH ORDINALITY AS r (ring, place) $$;

CREATE OR REPLACE FUNCTION carto.h3_hexring(origin text, size integer) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT coalesce(array_agg(ring ->> 'index' ORDER BY place), ARRAY[]::text[]) FROM unnest(carto.h3_kring_distances(origin, size)) WITH ORDINALITY AS r (ring, place)
    WHERE (ring ->> 'distance')::integer = size
$$;

-- Steps from cell to cell, on one face or over one edge; NULL where they lie further apart, or at different resolutions.
CREATE OR REPLACE FUNCTION carto.h3_distance(index1 text, index2 text) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog
AS $$
DECLARE
    resolution CONSTANT integer := carto.h3_resolution(index1);
    odd CONSTANT boolean := resolution % 2 = 1;
    a integer[];
    b integer[];
    other integer[];
    k integer;
    shortest bigint;
BEGIN
    IF resolution IS NULL OR carto.h3_resolution(index2) IS DISTINCT FROM resolution THEN RETURN NULL; END IF;
    a := carto.cells_h3_face(carto.h3_string_toint(index1));
    b := carto.cells_h3_face(carto.h3_string_toint(index2));
    FOR side IN -1 .. 2 LOOP
        IF side < 0 THEN other := b;
        ELSIF odd THEN
            other := carto.cells_h3_fold(b[1], 3 * b[2] - b[3], b[2] + 2 * b[3], side, carto.cells_h3_reach(resolution + 1));
            other := ARRAY[other[1], floor((2 * other[2] + other[3] + 3) / 7::double precision)::integer, floor((3 * other[3] - other[2] + 3) / 7::double precision)::integer];
        ELSE other := carto.cells_h3_fold(b[1], b[2], b[3], side, carto.cells_h3_reach(resolution));
        END IF;
        CONTINUE WHEN other[1] <> a[1];
        k := least(0, other[2] - a[2], other[3] - a[3]);
        shortest := least(shortest, greatest(other[2] - a[2] - k, other[3] - a[3] - k, -k));
    END LOOP;
    RETURN shortest;
END
$$;
