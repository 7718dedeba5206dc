CREATE INDEX populated_places_geom_idx ON demo.populated_places USING gist (geom);
CREATE INDEX populated_places_country_code_idx ON demo.populated_places (country_code);
CREATE INDEX populated_places_population_idx ON demo.populated_places (population);
-- The rows arrive in the order of a Hilbert curve already: CLUSTER has nothing to move until they change.
ALTER TABLE demo.populated_places CLUSTER ON populated_places_geom_idx;
ANALYZE demo.populated_places;
