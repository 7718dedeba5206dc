-- H3: reserved bit, mode 1, resolution in bits 55 to 52, base cell in 51 to 45, fifteen digits of three bits, unused ones 7.

CREATE OR REPLACE FUNCTION carto.h3_string_toint(index text) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    RETURN (SELECT CASE WHEN index ~ '^[0-9a-fA-F]{1,16}$' THEN ('x' || lpad(index, 16, '0'))::bit(64)::bigint END);
END
$$;

CREATE OR REPLACE FUNCTION carto.h3_int_tostring(index bigint) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT to_hex(index) $$;

CREATE OR REPLACE FUNCTION carto.h3_isvalid(index text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
    RETURN (SELECT coalesce(length(index) <= 16 AND (c >> 56) = 8 AND base < 122 AND (c & finer) = finer
            -- No digit is 7; below a pentagon the first one that is not 0 is not 1.
            AND (c & (c >> 1) & (c >> 2) & 5026338869833 & ~finer) = 0
            AND (base NOT IN (4, 14, 24, 38, 49, 58, 63, 72, 83, 97, 107, 117) OR first = 0 OR first % 3 <> 0), false)
        FROM (SELECT c, base, finer, position(B'1' IN (c & 35184372088831 & ~finer)::bit(45)) AS first
              FROM (SELECT c, (c >> 45) & 127 AS base, (1::bigint << (3 * (15 - ((c >> 52) & 15)))::int) - 1 AS finer
                    FROM (SELECT carto.h3_string_toint(index) AS c) AS s1) AS s2) AS s3);
END
$$;

CREATE OR REPLACE FUNCTION carto.h3_resolution(index text) RETURNS integer LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    RETURN (SELECT CASE WHEN carto.h3_isvalid(index) THEN ((carto.h3_string_toint(index) >> 52) & 15)::int END);
END
$$;

CREATE OR REPLACE FUNCTION carto.h3_ispentagon(index text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
    RETURN (SELECT CASE WHEN carto.h3_isvalid(index) THEN ((c >> 45) & 127) IN (4, 14, 24, 38, 49, 58, 63, 72, 83, 97, 107, 117)
                AND (c & 35184372088831 & ~((1::bigint << (3 * (15 - ((c >> 52) & 15)))::int) - 1)) = 0 ELSE false END
        FROM (SELECT carto.h3_string_toint(index) AS c) AS t);
END
$$;

CREATE OR REPLACE FUNCTION carto.h3_toparent(index text, resolution integer) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    RETURN (SELECT CASE WHEN carto.h3_isvalid(index) AND resolution BETWEEN 0 AND ((c >> 52) & 15)
            THEN to_hex((c & ~(15::bigint << 52)) | (resolution::bigint << 52) | ((1::bigint << (3 * (15 - resolution))) - 1)) END
        FROM (SELECT carto.h3_string_toint(index) AS c) AS t);
END
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
