// Quadbin sources: stored as bigint, and made of points.
import {quadbinQuerySource, quadbinTableSource} from '@carto/api-client';
import {tileToCell} from 'quadbin';
import {cellSuite} from '../lib/cell-suite.js';
import {MAX_LATITUDE, tileAt} from '../lib/mercator.js';

cellSuite('quadbin', {
  tableSource: quadbinTableSource,
  querySource: quadbinQuerySource,
  cellAt: ([lon, lat], resolution) => {
    // The poles and 180 degrees belong to the last tiles.
    const {z, x, y} = tileAt([lon, Math.min(Math.max(lat, -MAX_LATITUDE), MAX_LATITUDE)], resolution);
    const last = 2 ** z - 1;
    return tileToCell({z, x: Math.min(x, last), y: Math.min(y, last)});
  },
  resolution: 11,
  level: 5
});
