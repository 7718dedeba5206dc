// The widget sources of the client library: those that ask the platform, and the one that computes in the client, on the same rows.
import assert from 'node:assert/strict';
import {WidgetTilesetSource, vectorQuerySource, vectorTableSource} from '@carto/api-client';
import {clientOptions} from './platform.js';
import {rows} from './sql.js';

export const world = polygon([-180, -90, 180, 90]);

export function polygon([west, south, east, north]) {
  return {type: 'Polygon', coordinates: [[[west, south], [east, south], [east, north], [west, north], [west, south]]]};
}

/** The table and the query on it, as the library's widget sources. */
export async function remoteSources(tableName, options = {}) {
  const table = await vectorTableSource(clientOptions({tableName, ...options}));
  const query = await vectorQuerySource(clientOptions({sqlQuery: `SELECT * FROM ${tableName} -- the end`, ...options}));
  return {table: table.widgetSource, query: query.widgetSource};
}

/**
 * The library's own computation over the rows that psql finds in the table, of those in the polygon. NaN, which JSON does not have,
 * counts as null for the platform; so it does here. In columns of times null becomes undefined, which is no time: null is the one of 1970.
 */
export async function localSource(tableName, spatialFilter = world, times = []) {
  const found = await rows(`SELECT to_jsonb(t) - 'geom' AS properties, ST_AsGeoJSON(geom, 15)::json AS geometry FROM ${tableName} t WHERE geom IS NOT NULL`);
  const valueOf = (name, value) => (value === null && times.includes(name) ? undefined : value === 'NaN' ? null : value);
  const known = (properties) => Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, valueOf(name, value)]));
  const features = found.map(({properties, geometry}) => ({type: 'Feature', properties: known(properties), geometry}));
  const source = new WidgetTilesetSource({...clientOptions(), tileFormat: 'mvt', spatialDataType: 'geo', spatialDataBounds: [-180, -90, 180, 90]});
  source.loadGeoJSON({geojson: {type: 'FeatureCollection', features}, spatialFilter});
  // It keeps what it has loaded only as long as the filter of a call is the one of loading.
  const methods = ['getFormula', 'getCategories', 'getHistogram', 'getRange', 'getScatter', 'getTable', 'getTimeSeries', 'getAggregations'];
  return Object.fromEntries(methods.map((method) => [method, (options) => source[method]({...options, spatialFilter})]));
}

/** Sums of doubles depend on the order of the rows in their last digits. */
export function assertClose(actual, expected, where = '') {
  if (typeof expected === 'number' && typeof actual === 'number') {
    assert.ok(Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)), `${where}: ${actual} is not ${expected}`);
  } else if (expected !== null && typeof expected === 'object') {
    assert.deepEqual(Object.keys(actual ?? {}).sort(), Object.keys(expected).sort(), `${where}: keys`);
    for (const key of Object.keys(expected)) assertClose(actual[key], expected[key], `${where}.${key}`);
  } else {
    assert.deepEqual(actual, expected, where);
  }
}
