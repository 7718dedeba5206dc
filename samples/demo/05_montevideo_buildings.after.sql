CREATE INDEX montevideo_buildings_geom_idx ON demo.montevideo_buildings USING gist (geom);
CREATE INDEX montevideo_buildings_building_idx ON demo.montevideo_buildings (building);
-- The rows arrive in the order of a Hilbert curve already: CLUSTER has nothing to move until they change.
ALTER TABLE demo.montevideo_buildings CLUSTER ON montevideo_buildings_geom_idx;
ANALYZE demo.montevideo_buildings;
