import { osmObjects } from '../lib/qaTiles.mjs';
import { promote, text, wholeNumber, yesOrNo } from '../lib/tags.mjs';
import { identity, openStreetMap } from './openStreetMap.mjs';

const promoted = {
  highway: ['highway', text],
  name: ['name', text],
  ref: ['ref', text],
  surface: ['surface', text],
  lanes: ['lanes', wholeNumber],
  oneway: ['oneway', yesOrNo],
  maxspeed: ['maxspeed', wholeNumber],
};

export const streets = {
  ...openStreetMap,
  name: 'montevideo_streets',
  title: 'Streets of Montevideo',
  description: 'Streets and paths of Montevideo, Uruguay, with class, surface, lanes and speed limit.',
  geometryType: 'LineString',
  view: { longitude: -56.18, latitude: -34.885, zoom: 12 },
  columns: [...identity, ...Object.keys(promoted), 'tags', 'geom'],
  rows: () => osmObjects('LineString', (tags) => tags.highway).map((object) => promote(object, promoted)),
};
