// Prints a psql script that loads the samples into an empty database and checks them:
//   node check.mjs | psql -v ON_ERROR_STOP=1 -d DATABASE
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('../demo/', import.meta.url);
const { schema, tables } = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8'));
const path = (file) => fileURLToPath(new URL(file, folder)).replaceAll("'", "''");

function load({ name, columns, create, data, finish }) {
  return [
    'BEGIN;',
    `\\i '${path(create)}'`,
    `\\copy ${schema}.${name} (${columns.join(', ')}) FROM PROGRAM 'gzip -dc "${path(data)}"' WITH (FORMAT csv, HEADER true, FREEZE true)`,
    `\\i '${path(finish)}'`,
    'COMMIT;',
  ].join('\n');
}

function assert(what, table, condition) {
  return `  ASSERT (SELECT ${condition} FROM ${schema}.${table}), '${table}: ${what}';`;
}

function check({ name, rows, geometry: { type, srid }, bounds: [west, south, east, north] }) {
  const box = `ST_MakeEnvelope(${west}, ${south}, ${east}, ${north}, ${srid})`;
  return [
    'DO $$ BEGIN',
    assert(`not ${rows} rows`, name, `count(*) = ${rows}`),
    assert('an invalid geometry', name, 'bool_and(ST_IsValid(geom))'),
    assert('an empty geometry', name, 'NOT bool_or(ST_IsEmpty(geom))'),
    assert(`a geometry that is no ${type}`, name, `bool_and(ST_GeometryType(geom) = 'ST_${type}')`),
    assert(`an SRID that is not ${srid}`, name, `bool_and(ST_SRID(geom) = ${srid})`),
    assert('a geometry out of bounds', name, `bool_and(geom @ ST_Expand(${box}, 1e-9))`),
    'END $$;',
  ].join('\n');
}

console.log(['SET client_min_messages = warning;', `CREATE SCHEMA ${schema};`, ...tables.flatMap((table) => [load(table), check(table)])].join('\n'));
