CREATE TABLE demo.montevideo_places (
  osm_id        bigint PRIMARY KEY,
  osm_type      text NOT NULL,
  version       integer NOT NULL,
  edited_at     timestamptz NOT NULL,
  category      text NOT NULL,
  kind          text NOT NULL,
  name          text NOT NULL,
  brand         text,
  street        text,
  housenumber   text,
  opening_hours text,
  website       text,
  tags          jsonb NOT NULL,
  geom          geometry(Point, 4326) NOT NULL
);

COMMENT ON TABLE demo.montevideo_places IS 'Named shops, restaurants, schools, offices, sights and suburbs of Montevideo, Uruguay, in December 2017. Source: OpenStreetMap. Licence: ODbL 1.0, share alike. © OpenStreetMap contributors.';
COMMENT ON COLUMN demo.montevideo_places.osm_id IS 'Number of the object in OpenStreetMap';
COMMENT ON COLUMN demo.montevideo_places.osm_type IS 'Type of the object in OpenStreetMap: node';
COMMENT ON COLUMN demo.montevideo_places.version IS 'How often the object had been edited';
COMMENT ON COLUMN demo.montevideo_places.edited_at IS 'Time of the last edit';
COMMENT ON COLUMN demo.montevideo_places.category IS 'Key of the tag that makes it a place: amenity, shop, tourism, leisure, office, craft, healthcare, historic or place';
COMMENT ON COLUMN demo.montevideo_places.kind IS 'Value of that tag: restaurant, convenience, museum, and so on';
COMMENT ON COLUMN demo.montevideo_places.name IS 'Name of the place';
COMMENT ON COLUMN demo.montevideo_places.brand IS 'Brand or chain';
COMMENT ON COLUMN demo.montevideo_places.street IS 'Street of the address';
COMMENT ON COLUMN demo.montevideo_places.housenumber IS 'House number of the address';
COMMENT ON COLUMN demo.montevideo_places.opening_hours IS 'Opening hours in the notation of OpenStreetMap';
COMMENT ON COLUMN demo.montevideo_places.website IS 'Address of the website';
COMMENT ON COLUMN demo.montevideo_places.tags IS 'All other tags';
COMMENT ON COLUMN demo.montevideo_places.geom IS 'WGS 84';
