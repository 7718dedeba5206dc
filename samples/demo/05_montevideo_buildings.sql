CREATE TABLE demo.montevideo_buildings (
  osm_id      bigint PRIMARY KEY,
  osm_type    text NOT NULL,
  version     integer NOT NULL,
  edited_at   timestamptz NOT NULL,
  building    text NOT NULL,
  name        text,
  levels      numeric(5, 1),
  height      numeric(5, 1),
  street      text,
  housenumber text,
  postcode    text,
  city        text,
  tags        jsonb NOT NULL,
  geom        geometry(Polygon, 4326) NOT NULL,
  area_m2     numeric GENERATED ALWAYS AS (round(ST_Area(geom::geography)::numeric, 1)) STORED
);

COMMENT ON TABLE demo.montevideo_buildings IS 'Buildings of Montevideo, Uruguay, as far as mapped in December 2017. Source: OpenStreetMap. Licence: ODbL 1.0, share alike. © OpenStreetMap contributors.';
COMMENT ON COLUMN demo.montevideo_buildings.osm_id IS 'Number of the object in OpenStreetMap';
COMMENT ON COLUMN demo.montevideo_buildings.osm_type IS 'Type of the object in OpenStreetMap: way';
COMMENT ON COLUMN demo.montevideo_buildings.version IS 'How often the object had been edited';
COMMENT ON COLUMN demo.montevideo_buildings.edited_at IS 'Time of the last edit';
COMMENT ON COLUMN demo.montevideo_buildings.building IS 'Kind of building: apartments, school, and so on; yes where not told';
COMMENT ON COLUMN demo.montevideo_buildings.name IS 'Name of the building or of what is in it';
COMMENT ON COLUMN demo.montevideo_buildings.levels IS 'Storeys above ground';
COMMENT ON COLUMN demo.montevideo_buildings.height IS 'Height in metres';
COMMENT ON COLUMN demo.montevideo_buildings.street IS 'Street of the address';
COMMENT ON COLUMN demo.montevideo_buildings.housenumber IS 'House number of the address';
COMMENT ON COLUMN demo.montevideo_buildings.postcode IS 'Postal code of the address';
COMMENT ON COLUMN demo.montevideo_buildings.city IS 'City of the address';
COMMENT ON COLUMN demo.montevideo_buildings.tags IS 'All other tags, and values that their column cannot hold';
COMMENT ON COLUMN demo.montevideo_buildings.geom IS 'WGS 84; cut where the extract ends';
COMMENT ON COLUMN demo.montevideo_buildings.area_m2 IS 'Footprint on the ellipsoid in square metres, computed from geom';
