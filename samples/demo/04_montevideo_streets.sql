CREATE TABLE demo.montevideo_streets (
  osm_id    bigint PRIMARY KEY,
  osm_type  text NOT NULL,
  version   integer NOT NULL,
  edited_at timestamptz NOT NULL,
  highway   text NOT NULL,
  name      text,
  ref       text,
  surface   text,
  lanes     smallint,
  oneway    boolean,
  maxspeed  smallint,
  tags      jsonb NOT NULL,
  geom      geometry(LineString, 4326) NOT NULL,
  length_m  numeric GENERATED ALWAYS AS (round(ST_Length(geom::geography)::numeric, 1)) STORED
);

COMMENT ON TABLE demo.montevideo_streets IS 'Streets and paths of Montevideo, Uruguay, in December 2017. Source: OpenStreetMap. Licence: ODbL 1.0, share alike. © OpenStreetMap contributors.';
COMMENT ON COLUMN demo.montevideo_streets.osm_id IS 'Number of the object in OpenStreetMap';
COMMENT ON COLUMN demo.montevideo_streets.osm_type IS 'Type of the object in OpenStreetMap: way';
COMMENT ON COLUMN demo.montevideo_streets.version IS 'How often the object had been edited';
COMMENT ON COLUMN demo.montevideo_streets.edited_at IS 'Time of the last edit';
COMMENT ON COLUMN demo.montevideo_streets.highway IS 'Class of the street: primary, residential, footway, and so on';
COMMENT ON COLUMN demo.montevideo_streets.name IS 'Name of the street';
COMMENT ON COLUMN demo.montevideo_streets.ref IS 'Number of the route';
COMMENT ON COLUMN demo.montevideo_streets.surface IS 'Surface: asphalt, concrete, unpaved, and so on';
COMMENT ON COLUMN demo.montevideo_streets.lanes IS 'Number of lanes in both directions';
COMMENT ON COLUMN demo.montevideo_streets.oneway IS 'Whether traffic flows only in the direction of the line; null where untagged';
COMMENT ON COLUMN demo.montevideo_streets.maxspeed IS 'Speed limit in kilometres per hour';
COMMENT ON COLUMN demo.montevideo_streets.tags IS 'All other tags, and values that their column cannot hold';
COMMENT ON COLUMN demo.montevideo_streets.geom IS 'WGS 84; cut where the extract ends';
COMMENT ON COLUMN demo.montevideo_streets.length_m IS 'Length on the ellipsoid in metres, computed from geom';
