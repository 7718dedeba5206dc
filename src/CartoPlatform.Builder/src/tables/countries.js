import { naturalEarth } from './attribution.js';
import { byValue, colorBy, rgb } from './classes.js';
import { squareKilometres } from '../format/units.js';

const continents = byValue('continent', [
  { label: 'Africa', color: '#f2a65a', values: ['AF'] },
  { label: 'Asia', color: '#e26d8f', values: ['AS'] },
  { label: 'Europe', color: '#6aa6f8', values: ['EU'] },
  { label: 'North America', color: '#47c9af', values: ['NA'] },
  { label: 'South America', color: '#a8cf5a', values: ['SA'] },
  { label: 'Oceania', color: '#b58cf0', values: ['OC'] },
  { label: 'Antarctica', color: '#9fb4c7', values: ['AN'] },
], { label: 'Without a continent', color: '#5b6b7d' });

export const countries = {
  key: 'countries',
  name: 'demo.countries',
  title: 'Countries',
  where: 'World',
  accent: '#47c9af',
  description: 'Countries and territories of the world, at 1:50 million.',
  id: 'id',
  columns: ['id', 'name', 'country_code', 'country_code3', 'iso_number', 'continent', 'area_km2'],
  home: [-128, -52, 155, 71],
  attribution: naturalEarth,
  heading: get => get('name'),
  classes: continents,
  classesTitle: 'Continent',
  numbers: [{ label: 'Land area', sum: get => get('area_km2'), format: squareKilometres }],
  paint: () => ({
    filled: true,
    stroked: true,
    getFillColor: colorBy(continents, 92),
    getLineColor: rgb('#0b121a', 230),
    lineWidthUnits: 'pixels',
    getLineWidth: 1,
  }),
};
