import { geoNames } from './attribution.js';
import { byNumber, colorBy } from './classes.js';
import { people } from '../format/units.js';

const sizes = byNumber('population', [
  { label: '5 million and more', color: '#fff2b3', alpha: 220, from: 5e6 },
  { label: '1 to 5 million', color: '#ffd166', alpha: 205, from: 1e6 },
  { label: '250,000 to 1 million', color: '#ff9f5a', alpha: 185, from: 250e3 },
  { label: '50,000 to 250,000', color: '#f2667a', alpha: 150, from: 50e3 },
  { label: '10,000 to 50,000', color: '#b7499f', alpha: 115, from: 10e3 },
  { label: 'Under 10,000', color: '#7148b4', alpha: 85, from: 1 },
], { label: 'Not known', color: '#4c5590', alpha: 85 });

const population = get => Number(get('population')) || 0;

export const populatedPlaces = {
  key: 'populated_places',
  name: 'demo.populated_places',
  title: 'Populated places',
  where: 'World',
  accent: '#ff9f5a',
  description: 'Cities, towns and villages of the world with their population.',
  id: 'geoname_id',
  columns: ['geoname_id', 'name', 'country_code', 'admin_code', 'feature_code', 'population'],
  home: [-128, -52, 155, 71],
  attribution: geoNames,
  heading: get => get('name'),
  classes: sizes,
  classesTitle: 'Population',
  numbers: [{ label: 'Inhabitants', sum: population, format: people }],
  landNamesFrom: 2.6,
  label: { minZoom: 2.6, of: get => population(get) > 0 ? get('name') : null, rank: population },
  paint: zoom => ({
    pointType: 'circle',
    filled: true,
    stroked: false,
    getFillColor: colorBy(sizes),
    opacity: Math.max(0.35, Math.min(1, 0.35 + (zoom - 1.5) * 0.16)),
    // As at night: light adds up, so that no order is needed to see small and large together.
    parameters: { blendColorOperation: 'add', blendColorSrcFactor: 'src-alpha', blendColorDstFactor: 'one' },
    pointRadiusUnits: 'pixels',
    // The area of a circle follows the population; the smallest stay visible as specks.
    getPointRadius: feature => 0.75 + Math.sqrt((feature.properties.population || 0) / 1e6) * 1.9,
    pointRadiusScale: 1 + Math.max(0, Math.min(zoom, 12) - 2) * 0.34,
    pointRadiusMaxPixels: 34,
  }),
};
