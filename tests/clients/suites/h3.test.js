// H3 sources: stored as text, and made of points.
import {h3QuerySource, h3TableSource} from '@carto/api-client';
import {latLngToCell} from 'h3-js';
import {cellSuite} from '../lib/cell-suite.js';

cellSuite('h3', {
  tableSource: h3TableSource,
  querySource: h3QuerySource,
  cellAt: ([lon, lat], resolution) => latLngToCell(lat, lon, resolution),
  resolution: 7,
  level: 3
});
