CREATE INDEX montevideo_places_geom_idx ON demo.montevideo_places USING gist (geom);
CREATE INDEX montevideo_places_category_idx ON demo.montevideo_places (category);
CREATE INDEX montevideo_places_kind_idx ON demo.montevideo_places (kind);
-- The rows arrive in the order of a Hilbert curve already: CLUSTER has nothing to move until they change.
ALTER TABLE demo.montevideo_places CLUSTER ON montevideo_places_geom_idx;
ANALYZE demo.montevideo_places;
