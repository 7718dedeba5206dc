CREATE INDEX airports_geom_idx ON demo.airports USING gist (geom);
CREATE INDEX airports_iata_code_idx ON demo.airports (iata_code);
CREATE INDEX airports_country_code_idx ON demo.airports (country_code);
-- The rows arrive in the order of a Hilbert curve already: CLUSTER has nothing to move until they change.
ALTER TABLE demo.airports CLUSTER ON airports_geom_idx;
ANALYZE demo.airports;
