CREATE TABLE demo.airports (
  id                integer PRIMARY KEY,
  ident             text NOT NULL,
  iata_code         text,
  gps_code          text,
  name              text NOT NULL,
  type              text NOT NULL,
  municipality      text,
  region            text,
  country           text,
  country_code      text NOT NULL,
  continent         text NOT NULL,
  elevation_ft      integer,
  scheduled_service boolean NOT NULL,
  wikipedia_link    text,
  geom              geometry(Point, 4326) NOT NULL
);

COMMENT ON TABLE demo.airports IS 'Large and medium airports of the world. Source: OurAirports (ourairports.com). Public domain.';
COMMENT ON COLUMN demo.airports.id IS 'Number of the airport at OurAirports';
COMMENT ON COLUMN demo.airports.ident IS 'Code of the airport at OurAirports: the ICAO code where there is one';
COMMENT ON COLUMN demo.airports.iata_code IS 'IATA code of three letters';
COMMENT ON COLUMN demo.airports.gps_code IS 'Code that navigation databases use, most often the ICAO code';
COMMENT ON COLUMN demo.airports.name IS 'Name of the airport';
COMMENT ON COLUMN demo.airports.type IS 'large_airport or medium_airport';
COMMENT ON COLUMN demo.airports.municipality IS 'Town that the airport serves';
COMMENT ON COLUMN demo.airports.region IS 'Name of the state, province or region';
COMMENT ON COLUMN demo.airports.country IS 'Name of the country';
COMMENT ON COLUMN demo.airports.country_code IS 'ISO 3166-1 code of two letters (XK: Kosovo), as in countries';
COMMENT ON COLUMN demo.airports.continent IS 'AF, AN, AS, EU, NA, OC or SA';
COMMENT ON COLUMN demo.airports.elevation_ft IS 'Elevation above mean sea level in feet';
COMMENT ON COLUMN demo.airports.scheduled_service IS 'Whether airlines fly there by timetable';
COMMENT ON COLUMN demo.airports.wikipedia_link IS 'Address of the article about the airport';
COMMENT ON COLUMN demo.airports.geom IS 'WGS 84';
