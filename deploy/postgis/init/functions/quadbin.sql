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
