CREATE INDEX montevideo_streets_geom_idx ON demo.montevideo_streets USING gist (geom);
CREATE INDEX montevideo_streets_highway_idx ON demo.montevideo_streets (highway);
CREATE INDEX montevideo_streets_name_idx ON demo.montevideo_streets (name);
-- The rows arrive in the order of a Hilbert curve already: CLUSTER has nothing to move until they change.
ALTER TABLE demo.montevideo_streets CLUSTER ON montevideo_streets_geom_idx;
ANALYZE demo.montevideo_streets;
