import { ourAirports } from './attribution.js';
import { colorBy, isTrue, rgb } from './classes.js';
import { count } from '../format/units.js';

const large = { label: 'Large', color: '#ffc857' };
const served = { label: 'Medium, with airlines', color: '#4fc3f7' };
const unserved = { label: 'Medium, without', color: '#5d7f9e' };

const kinds = {
  classes: [large, served, unserved],
  of: get => {
    if (get('type') === 'large_airport') return large;
    return isTrue(get('scheduled_service')) ? served : unserved;
  },
};

const radius = new Map([[large, 4.2], [served, 2.3], [unserved, 1.6]]);

export const airports = {
  key: 'airports',
  name: 'demo.airports',
  title: 'Airports',
  where: 'World',
  accent: large.color,
  description: 'Large and medium airports, with codes, elevation and scheduled flights.',
  id: 'id',
  columns: [
    'id', 'name', 'type', 'iata_code', 'gps_code', 'ident', 'municipality', 'region', 'country', 'country_code',
    'continent', 'elevation_ft', 'scheduled_service', 'wikipedia_link',
  ],
  home: [-128, -52, 155, 71],
  attribution: ourAirports,
  heading: get => get('name'),
  classes: kinds,
  classesTitle: 'Kind of airport',
  numbers: [{ label: 'With airlines', sum: get => isTrue(get('scheduled_service')) ? 1 : 0, format: count }],
  landNamesFrom: 2.6,
  label: { minZoom: 3.4, of: get => get('type') === 'large_airport' ? get('iata_code') : null, rank: () => 1 },
  paint: zoom => ({
    pointType: 'circle',
    filled: true,
    stroked: true,
    getFillColor: colorBy(kinds, 235),
    getLineColor: rgb('#0b121a', 200),
    lineWidthUnits: 'pixels',
    getLineWidth: 0.6,
    pointRadiusUnits: 'pixels',
    getPointRadius: feature => radius.get(kinds.of(column => feature.properties[column])),
    pointRadiusScale: 1 + Math.max(0, Math.min(zoom, 12) - 2) * 0.22,
  }),
};
