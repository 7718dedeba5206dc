CREATE INDEX countries_geom_idx ON demo.countries USING gist (geom);
CREATE INDEX countries_country_code_idx ON demo.countries (country_code);
-- The rows arrive in the order of a Hilbert curve already: CLUSTER has nothing to move until they change.
ALTER TABLE demo.countries CLUSTER ON countries_geom_idx;
ANALYZE demo.countries;
