import { openStreetMap } from './attribution.js';
import { byValue, colorBy, rgb } from './classes.js';
import { count } from '../format/units.js';

const categories = byValue('category', [
  { label: 'Shops', color: '#ffc857', values: ['shop'] },
  { label: 'Amenities', color: '#4fc3f7', values: ['amenity', 'healthcare'] },
  { label: 'Offices and crafts', color: '#b58cf0', values: ['office', 'craft'] },
  { label: 'Sights and tourism', color: '#f2667a', values: ['tourism', 'historic'] },
  { label: 'Leisure', color: '#7fd67f', values: ['leisure'] },
], { label: 'Suburbs and other places', color: '#c4d0dc' });

export const places = {
  key: 'places',
  name: 'demo.montevideo_places',
  title: 'Places',
  where: 'Montevideo',
  accent: '#4fc3f7',
  description: 'Named shops, restaurants, schools, offices and sights of Montevideo.',
  id: 'osm_id',
  columns: [
    'osm_id', 'name', 'category', 'kind', 'brand', 'street', 'housenumber', 'opening_hours', 'website', 'edited_at',
    'tags',
  ],
  home: [-56.226, -34.935, -56.125, -34.875],
  attribution: openStreetMap,
  heading: get => get('name'),
  classes: categories,
  classesTitle: 'Category',
  numbers: [{ label: 'Places to eat', sum: get => EATING.has(get('kind')) ? 1 : 0, format: count }],
  label: { minZoom: 15.6, of: get => get('name'), rank: get => get('category') === 'place' ? 2 : 1 },
  paint: zoom => ({
    pointType: 'circle',
    filled: true,
    stroked: true,
    getFillColor: colorBy(categories, 240),
    getLineColor: rgb('#0b121a', 220),
    lineWidthUnits: 'pixels',
    getLineWidth: 0.8,
    pointRadiusUnits: 'pixels',
    getPointRadius: 3,
    pointRadiusScale: 1 + Math.max(0, Math.min(zoom, 18) - 12) * 0.22,
  }),
};

const EATING = new Set(['restaurant', 'fast_food', 'cafe', 'bar', 'pub', 'ice_cream', 'food_court']);
