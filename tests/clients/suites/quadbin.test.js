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
    const clamp = (index) => Math.min(Math.max(index, 0), 2 ** z - 1);
    return tileToCell({z, x: clamp(x), y: clamp(y)});
  },
  resolution: 11,
  level: 5
});
