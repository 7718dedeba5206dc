// Writes demo/<table>.csv.gz and demo/manifest.json. The SQL beside them is written by hand.
import { writeFileSync } from 'node:fs';
import { airports } from './tables/airports.mjs';
import { buildings } from './tables/buildings.mjs';
import { countries } from './tables/countries.mjs';
import { places } from './tables/places.mjs';
import { populatedPlaces } from './tables/populatedPlaces.mjs';
import { streets } from './tables/streets.mjs';
import { csvLine, gzip } from './lib/csv.mjs';
import { boundsOf, toWkt, unite } from './lib/geometry.mjs';
import { inHilbertOrder } from './lib/hilbert.mjs';

const folder = new URL('../demo/', import.meta.url);

function build(table, index) {
  const rows = inHilbertOrder(table.rows(), table.key);
  const lines = rows.map((row) =>
    csvLine(table.columns.map((column) => (column === 'geom' ? toWkt(row.geom, table.digits) : row[column]))));
  const csv = [csvLine(table.columns), ...lines].join('');
  const packed = gzip(csv);
  const file = `${table.name}.csv.gz`;
  writeFileSync(new URL(file, folder), packed);
  console.log(`${table.name}: ${rows.length} rows, ${csv.length} characters, ${packed.length} bytes packed`);
  return describe(table, file, `${String(index + 1).padStart(2, '0')}_${table.name}`, rows);
}

function describe(table, file, prefix, rows) {
  const bounds = rows.map((row) => boundsOf(row.geom)).reduce(unite);
  return {
    name: table.name,
    title: table.title,
    description: table.description,
    rows: rows.length,
    create: `${prefix}.sql`,
    data: file,
    columns: table.columns,
    finish: `${prefix}.after.sql`,
    geometry: { column: 'geom', type: table.geometryType, srid: 4326 },
    bounds: bounds.map((degrees) => Number(degrees.toFixed(table.digits))),
    view: table.view,
    source: table.source,
    licence: table.licence,
    attribution: table.attribution,
  };
}

const tables = [countries, airports, populatedPlaces, streets, buildings, places].map(build);
const manifest = { schema: 'demo', tables };
writeFileSync(new URL('manifest.json', folder), `${JSON.stringify(manifest, null, 2)}\n`);
