CREATE TABLE demo.populated_places (
  geoname_id   integer PRIMARY KEY,
  name         text NOT NULL,
  country_code text NOT NULL,
  admin_code   text,
  feature_code text NOT NULL,
  population   bigint,
  geom         geometry(Point, 4326) NOT NULL
);

COMMENT ON TABLE demo.populated_places IS 'Cities, towns and villages of the world. Source: GeoNames (geonames.org), reduced to these columns. Licence: CC BY 4.0. © GeoNames.';
COMMENT ON COLUMN demo.populated_places.geoname_id IS 'Number of the place at GeoNames';
COMMENT ON COLUMN demo.populated_places.name IS 'Name of the place';
COMMENT ON COLUMN demo.populated_places.country_code IS 'ISO 3166-1 code of two letters (XK: Kosovo), as in countries';
COMMENT ON COLUMN demo.populated_places.admin_code IS 'Code of the first administrative division at GeoNames';
COMMENT ON COLUMN demo.populated_places.feature_code IS 'Kind of place at GeoNames: PPLC capital, PPLA seat of a first division, PPL any other, and so on';
COMMENT ON COLUMN demo.populated_places.population IS 'Inhabitants; null where GeoNames does not know';
COMMENT ON COLUMN demo.populated_places.geom IS 'WGS 84';
