CREATE TABLE demo.countries (
  id            integer PRIMARY KEY,
  name          text NOT NULL,
  iso_number    text,
  country_code  text,
  country_code3 text,
  continent     text,
  geom          geometry(MultiPolygon, 4326) NOT NULL,
  area_km2      numeric GENERATED ALWAYS AS (round((ST_Area(geom::geography) / 1e6)::numeric, 1)) STORED
);

COMMENT ON TABLE demo.countries IS 'Countries and territories of the world at 1:50 million, cut at the 180th meridian. Source: Natural Earth 4.1.0. Public domain. Made with Natural Earth.';
COMMENT ON COLUMN demo.countries.id IS 'Number in the order of the names';
COMMENT ON COLUMN demo.countries.name IS 'English name, shortened for labels. Source: Natural Earth';
COMMENT ON COLUMN demo.countries.iso_number IS 'ISO 3166-1 number, three digits; not unique, null for five territories without one. Source: Natural Earth';
COMMENT ON COLUMN demo.countries.country_code IS 'ISO 3166-1 code of two letters (XK: Kosovo), as in airports and populated_places; not unique, null for four territories without one. Source: i18n-iso-countries, found by iso_number';
COMMENT ON COLUMN demo.countries.country_code3 IS 'ISO 3166-1 code of three letters (XKX: Kosovo). Source: i18n-iso-countries, found by iso_number';
COMMENT ON COLUMN demo.countries.continent IS 'AF, AN, AS, EU, NA, OC or SA. Source: OurAirports, found by country_code';
COMMENT ON COLUMN demo.countries.geom IS 'WGS 84. Source: Natural Earth';
COMMENT ON COLUMN demo.countries.area_km2 IS 'Area on the ellipsoid in square kilometres, computed from geom';
