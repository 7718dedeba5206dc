import { osmObjects } from '../lib/qaTiles.mjs';
import { oneDecimal, promote, text } from '../lib/tags.mjs';
import { identity, openStreetMap } from './openStreetMap.mjs';

const promoted = {
  building: ['building', text],
  name: ['name', text],
  levels: ['building:levels', oneDecimal],
  height: ['height', oneDecimal],
  street: ['addr:street', text],
  housenumber: ['addr:housenumber', text],
  postcode: ['addr:postcode', text],
  city: ['addr:city', text],
};

export const buildings = {
  ...openStreetMap,
  name: 'montevideo_buildings',
  title: 'Buildings of Montevideo',
  description: 'Buildings of Montevideo, Uruguay, with use, storeys, height and address.',
  geometryType: 'Polygon',
  view: { longitude: -56.195, latitude: -34.906, zoom: 14.5 },
  columns: [...identity, ...Object.keys(promoted), 'tags', 'geom'],
  rows: () =>
    osmObjects('Polygon', (tags) => tags.building && tags.building !== 'no')
      .map((object) => promote(object, promoted)),
};
