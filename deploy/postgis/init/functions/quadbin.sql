-- Quadbin: header 0100, mode 1, zoom in bits 56 to 52, then row and column interleaved from the top, unused low bits all 1.
--
-- What others call, and what calls others, is PL/pgSQL: that keeps its plan for the session. A function in SQL whose search path is pinned
-- is planned anew each time that another one calls it, which made a cell's outline a matter of 30 ms.

-- VOLATILE, so that no planner runs it ahead of the case it stands in.
CREATE OR REPLACE FUNCTION carto.cells_error(message text) RETURNS bigint LANGUAGE plpgsql VOLATILE PARALLEL SAFE SET search_path = pg_catalog
AS $$ BEGIN RAISE EXCEPTION '%', message USING ERRCODE = 'invalid_parameter_value'; END $$;

CREATE OR REPLACE FUNCTION carto.cells_spread(value bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    v bigint := (value | (value << 16)) & 281470681808895;
BEGIN
    v := (v | (v << 8)) & 71777214294589695;
    v := (v | (v << 4)) & 1085102592571150095;
    v := (v | (v << 2)) & 3689348814741910323;
    RETURN (v | (v << 1)) & 6148914691236517205;
END
$$;

CREATE OR REPLACE FUNCTION carto.cells_gather(value bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    v bigint := value & 6148914691236517205;
BEGIN
    v := (v | (v >> 1)) & 3689348814741910323;
    v := (v | (v >> 2)) & 1085102592571150095;
    v := (v | (v >> 4)) & 71777214294589695;
    v := (v | (v >> 8)) & 281470681808895;
    RETURN (v | (v >> 16)) & 4294967295;
END
$$;

CREATE OR REPLACE FUNCTION carto.quadbin_isvalid(quadbin bigint) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
    RETURN CASE WHEN quadbin IS NULL THEN false
        WHEN (quadbin >> 57) <> 36 OR ((quadbin >> 52) & 31) > 26 THEN false
        ELSE (quadbin & (4503599627370495 >> (2 * ((quadbin >> 52) & 31))::int)) = (4503599627370495 >> (2 * ((quadbin >> 52) & 31))::int) END;
END
$$;

CREATE OR REPLACE FUNCTION carto.quadbin_resolution(quadbin bigint) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT (quadbin >> 52) & 31 $$;

CREATE OR REPLACE FUNCTION carto.quadbin_fromzxy(z integer, x integer, y integer) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    IF z < 0 OR z > 26 THEN RETURN carto.cells_error(format('Invalid resolution "%s"; should be between 0 and 26', z)); END IF;
    IF x < 0 OR y < 0 OR x >= (1 << z) OR y >= (1 << z) THEN RETURN carto.cells_error(format('There is no tile %s/%s/%s', z, x, y)); END IF;
    RETURN 5188146770730811392 | (z::bigint << 52) | (((carto.cells_spread(y) << 1) | carto.cells_spread(x)) << (52 - 2 * z)) | (4503599627370495 >> (2 * z));
END
$$;

-- Zoom, column and row; NULL for what is no cell.
CREATE OR REPLACE FUNCTION carto.cells_quadbin_place(quadbin bigint) RETURNS integer[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    z CONSTANT integer := (quadbin >> 52) & 31;
    cell CONSTANT bigint := quadbin & 4503599627370495;
BEGIN
    IF NOT carto.quadbin_isvalid(quadbin) THEN RETURN NULL; END IF;
    IF z = 0 THEN RETURN ARRAY[0, 0, 0]; END IF;
    RETURN ARRAY[z, carto.cells_gather(cell >> (52 - 2 * z))::integer, carto.cells_gather(cell >> (53 - 2 * z))::integer];
END
$$;

CREATE OR REPLACE FUNCTION carto.quadbin_x(quadbin bigint) RETURNS integer LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$ BEGIN RETURN (carto.cells_quadbin_place(quadbin))[2]; END $$;

CREATE OR REPLACE FUNCTION carto.quadbin_y(quadbin bigint) RETURNS integer LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$ BEGIN RETURN (carto.cells_quadbin_place(quadbin))[3]; END $$;

CREATE OR REPLACE FUNCTION carto.quadbin_tozxy(quadbin bigint) RETURNS json LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    place CONSTANT integer[] := carto.cells_quadbin_place(quadbin);
BEGIN
    RETURN CASE WHEN place IS NOT NULL THEN json_build_object('z', place[1], 'x', place[2], 'y', place[3]) END;
END
$$;

CREATE OR REPLACE FUNCTION carto.quadbin_fromlonglat(longitude double precision, latitude double precision, resolution integer) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    s CONSTANT double precision := sin(radians(least(greatest(latitude, -89), 89)));
    n bigint;
BEGIN
    IF resolution < 0 OR resolution > 26 THEN RETURN carto.cells_error(format('Invalid resolution "%s"; should be between 0 and 26', resolution)); END IF;
    n := 1::bigint << resolution;
    -- Longitudes go around the world; latitudes end at its square, whose southern edge belongs to the last row.
    RETURN carto.quadbin_fromzxy(resolution, ((floor(n * (longitude / 360 + 0.5))::bigint % n + n) % n)::int,
        least(greatest(floor(n * (0.5 - ln((1 + s) / (1 - s)) / (4 * pi()))), 0), n - 1)::int);
END
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

CREATE OR REPLACE FUNCTION carto.quadbin_sibling(quadbin bigint, direction text) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    place CONSTANT integer[] := carto.cells_quadbin_place(quadbin);
    n CONSTANT integer := 1 << place[1];
    x CONSTANT integer := place[2] + CASE direction WHEN 'left' THEN -1 WHEN 'right' THEN 1 ELSE 0 END;
    y CONSTANT integer := place[3] + CASE direction WHEN 'up' THEN -1 WHEN 'down' THEN 1 ELSE 0 END;
BEGIN
    IF direction NOT IN ('left', 'right', 'up', 'down') THEN
        RETURN carto.cells_error(format('Invalid direction "%s". Must be one of "left", "right", "up" or "down"', direction));
    END IF;
    -- Around the world, and not over its edges.
    RETURN CASE WHEN y BETWEEN 0 AND n - 1 THEN carto.quadbin_fromzxy(place[1], (x + n) % n, y) END;
END
$$;

CREATE OR REPLACE FUNCTION carto.quadbin_kring_distances(origin bigint, size integer) RETURNS json[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    place CONSTANT integer[] := carto.cells_quadbin_place(origin);
    n CONSTANT integer := 1 << place[1];
BEGIN
    IF size IS NULL OR size < 0 OR size > 1000 THEN PERFORM carto.cells_error(format('Invalid input size "%s"', size)); END IF;
    IF place IS NULL THEN PERFORM carto.cells_error('Invalid input origin'); END IF;
    RETURN (SELECT array_agg(json_build_object('index', cell, 'distance', distance) ORDER BY distance, cell)
        FROM (SELECT carto.quadbin_fromzxy(place[1], (((place[2] + dx) % n) + n) % n, place[3] + dy) AS cell, min(greatest(abs(dx), abs(dy))) AS distance
              FROM generate_series(-size, size) AS dx, generate_series(-size, size) AS dy
              WHERE place[3] + dy BETWEEN 0 AND n - 1
              GROUP BY 1) AS ring);
END
$$;

CREATE OR REPLACE FUNCTION carto.quadbin_kring(origin bigint, size integer) RETURNS bigint[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
    RETURN (SELECT array_agg((ring ->> 'index')::bigint ORDER BY place) FROM unnest(carto.quadbin_kring_distances(origin, size)) WITH ORDINALITY AS r (ring, place));
END
$$;

CREATE OR REPLACE FUNCTION carto.quadbin_distance(origin bigint, destination bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    a CONSTANT integer[] := carto.cells_quadbin_place(origin);
    b CONSTANT integer[] := carto.cells_quadbin_place(destination);
BEGIN
    RETURN CASE WHEN a[1] = b[1] THEN greatest(abs(a[2] - b[2]), abs(a[3] - b[3])) END;
END
$$;

CREATE OR REPLACE FUNCTION carto.quadbin_bbox(quadbin bigint) RETURNS double precision[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    place CONSTANT integer[] := carto.cells_quadbin_place(quadbin);
    n CONSTANT double precision := 1 << place[1];
BEGIN
    IF place IS NULL THEN RETURN NULL; END IF;
    RETURN ARRAY[360.0 * place[2] / n - 180, degrees(atan(sinh(pi() * (1 - 2.0 * (place[3] + 1) / n)))),
        360.0 * (place[2] + 1) / n - 180, degrees(atan(sinh(pi() * (1 - 2.0 * place[3] / n))))]::double precision[];
END
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
