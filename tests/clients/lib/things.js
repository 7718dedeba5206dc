// A table made to break filters and quoting: nulls, quotes, accents, wildcards, extremes. The points are degrees apart.
export const thingsTable = `
CREATE TABLE things (
  id integer PRIMARY KEY, name text, amount numeric(12, 2), score double precision, big bigint,
  flag boolean, at timestamptz, day date, tags jsonb, list integer[], "Odd ""name"" ñ" text, geom geometry(Point, 4326)
);
INSERT INTO things VALUES
  (1, 'Café Ñandú', 10.50, -1.5, 9007199254740993, true, '2024-01-01 00:00:00Z', '2024-01-01', '{"a": [1, {"b": null}]}', '{1,2,3}', 'x', ST_Point(0, 0, 4326)),
  (2, 'CAFE Central', 1000, 0, -9007199254740993, false, '2024-06-30 23:59:59.999Z', '2024-06-30', '[]', '{}', 'it''s "x"', ST_Point(10, 10, 4326)),
  (3, 'O''Brien', 5000, 1e-300, 0, true, '2024-12-31 23:59:59.999Z', '2024-12-31', '"text"', '{NULL,7}', '$1', ST_Point(20, 20, 4326)),
  (4, 'a%b_c', 5000.01, 1e300, 1, false, '1969-12-31 23:59:59Z', '1969-12-31', '{"name": "shadow", "id": 99}', NULL, '@x', ST_Point(30, -30, 4326)),
  (5, '100% (sure) [x]? .*', 0, 'NaN', 2, NULL, '2100-02-28 12:00:00.123456Z', '2100-02-28', '[null]', '{-2147483648}', '?', ST_Point(-40, 40, 4326)),
  (6, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, ST_Point(-50, -50, 4326)),
  (7, '', -0.01, 'Infinity', 3, true, '2024-03-10 12:00:00+05', '2024-03-10', '{}', '{0}', '', ST_Point(60, 60, 4326)),
  (8, '日本語 🗾 "quoted" \\ back', 999999999.99, 2.5, 4, false, '2024-02-29 12:00:00Z', '2024-02-29', '{"ü": true}', '{4,5}', '--x', ST_Point(70, 5, 4326)),
  (9, 'no place', 1, 1, 1, true, '2024-01-01Z', '2024-01-01', '{}', '{}', 'x', NULL);
`;
