// The sample tables, as samples/demo/manifest.json announces them and the database describes them.
import {readFileSync} from 'node:fs';
import {literal, rows} from './sql.js';

const manifest = JSON.parse(readFileSync(new URL('../../../samples/demo/manifest.json', import.meta.url), 'utf8'));

/** For each table: name, key column, kind of geometry, and the zooms at which its tiles are neither empty nor countless. */
const views = {
  countries: {key: 'id', kind: 'polygon', coverageZoom: 2, detail: [{z: 3, at: [20, 10]}, {z: 5, at: [24, -29]}]},
  airports: {key: 'id', kind: 'point', coverageZoom: 3, detail: [{z: 2, at: [10, 48]}, {z: 7, at: [10, 48]}]},
  populated_places: {key: 'geoname_id', kind: 'point', coverageZoom: 4, detail: [{z: 8, at: [10, 48]}, {z: 11, at: [8.5, 47.4]}]},
  montevideo_streets: {key: 'osm_id', kind: 'line', coverageZoom: 13, detail: [{z: 13, at: [-56.18, -34.885]}, {z: 16, at: [-56.195, -34.906]}]},
  montevideo_buildings: {key: 'osm_id', kind: 'polygon', coverageZoom: 15, detail: [{z: 15, at: [-56.195, -34.906]}, {z: 17, at: [-56.2, -34.906]}]},
  montevideo_places: {key: 'osm_id', kind: 'point', coverageZoom: 13, detail: [{z: 12, at: [-56.17, -34.9]}, {z: 16, at: [-56.195, -34.906]}]}
};

export const tables = manifest.tables.map((table) => ({
  ...views[table.name],
  name: `${manifest.schema}.${table.name}`,
  bounds: table.bounds,
  rowCount: table.rows
}));

const contractTypes = {
  bigint: ['number', 'bigint'],
  boolean: ['boolean'],
  date: ['timestamp'],
  'double precision': ['number'],
  geometry: ['geometry'],
  integer: ['number'],
  'integer[]': ['object'],
  jsonb: ['object', 'variant'],
  numeric: ['number'],
  smallint: ['number'],
  text: ['string'],
  'timestamp with time zone': ['timestamp']
};

/** Columns in their order: `{name, database, types}`, `types` being what the contract allows in a schema (section 16). */
export async function columnsOf(table) {
  const [schema, name] = table.split('.');
  const found = await rows(`SELECT a.attname AS name, format_type(a.atttypid, NULL) AS database
    FROM pg_attribute a WHERE a.attrelid = format('%I.%I', ${literal(schema)}, ${literal(name)})::regclass
    AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`);
  return found.map((column) => ({...column, types: contractTypes[column.database]}));
}
