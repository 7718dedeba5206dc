import { osmObjects } from '../lib/qaTiles.mjs';
import { promote, text } from '../lib/tags.mjs';
import { identity, openStreetMap } from './openStreetMap.mjs';

// The first of these keys that an object has is its category.
const categories = ['amenity', 'shop', 'tourism', 'leisure', 'office', 'craft', 'healthcare', 'historic', 'place'];

const promoted = {
  name: ['name', text],
  brand: ['brand', text],
  street: ['addr:street', text],
  housenumber: ['addr:housenumber', text],
  opening_hours: ['opening_hours', text],
  website: ['website', text],
};

function toRow(object) {
  const category = categories.find((key) => object.tags[key]);
  return { ...promote(object, { kind: [category, text], ...promoted }), category };
}

export const places = {
  ...openStreetMap,
  name: 'montevideo_places',
  title: 'Places of Montevideo',
  description: 'Named shops, restaurants, schools, offices, sights and suburbs of Montevideo, Uruguay.',
  geometryType: 'Point',
  view: { longitude: -56.17, latitude: -34.9, zoom: 12.5 },
  columns: [...identity, 'category', 'kind', ...Object.keys(promoted), 'tags', 'geom'],
  rows: () => osmObjects('Point', (tags) => tags.name && categories.some((key) => tags[key])).map(toRow),
};
