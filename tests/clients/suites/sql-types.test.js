// Every common PostgreSQL type in query(): its name in the schema and its form in rows (section 16).
import {suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {query} from '@carto/api-client';
import {clientOptions} from '../lib/platform.js';
import {scratchSchema} from '../lib/scratch.js';

const schema = scratchSchema(() => `CREATE TYPE mood AS ENUM ('happy', 'sad'); CREATE DOMAIN positive AS integer CHECK (VALUE > 0);`);

/** SQL of a value, the types that the contract allows for it, and the value in a row. */
const cases = [
  ['42::smallint', ['number'], 42],
  ['(-2147483648)::integer', ['number'], -2147483648],
  ['9007199254740991::bigint', ['number', 'bigint'], 9007199254740991],
  ['9007199254740993::bigint', ['number', 'bigint'], '9007199254740993'],
  ['(-9223372036854775808)::bigint', ['number', 'bigint'], '-9223372036854775808'],
  ['0.1::real', ['number'], 0.1],
  ['1e-300::double precision', ['number'], 1e-300],
  ["'NaN'::double precision", ['number'], null],
  ["'Infinity'::double precision", ['number'], null],
  ["'-Infinity'::real", ['number'], null],
  ['12.30::numeric(10, 2)', ['number'], 12.3],
  ['-0.000001::numeric', ['number'], -0.000001],
  ["'NaN'::numeric", ['number'], null],
  ["'text with \"quotes\", \\ and \u{1f5fe}'", ['string'], 'text with "quotes", \\ and \u{1f5fe}'],
  ["'x'::varchar(3)", ['string'], 'x'],
  ["'x'::char(3)", ['string'], 'x  '],
  ["'c'::\"char\"", ['string'], 'c'],
  ["'n'::name", ['string'], 'n'],
  ["'6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid", ['string'], '6ba7b810-9dad-11d1-80b4-00c04fd430c8'],
  ["'sad'::SCHEMA.mood", ['string'], 'sad'],
  ['7::SCHEMA.positive', ['number'], 7],
  ['true', ['boolean'], true],
  ['false', ['boolean'], false],
  ["'[1, {\"a\": null}]'::json", ['object', 'variant'], [1, {a: null}]],
  ["'{\"a\": {\"b\": [1.5, \"x\"]}}'::jsonb", ['object', 'variant'], {a: {b: [1.5, 'x']}}],
  ["'null'::jsonb", ['object', 'variant'], null],
  ["'\"text\"'::jsonb", ['object', 'variant'], 'text'],
  ["'{1,2,NULL}'::integer[]", ['object'], [1, 2, null]],
  ["'{{a,\"b,c\"},{\"\",NULL}}'::text[]", ['object'], [['a', 'b,c'], ['', null]]],
  ["'{}'::boolean[]", ['object'], []],
  ["'{1.50}'::numeric[]", ['object'], [1.5]],
  ["'12:34:56'::time", ['string', 'unknown'], '12:34:56'],
  ['NULL::text', ['string'], null],
  ['NULL::integer', ['number'], null],
  ['NULL::geometry', ['geometry'], null]
];

/** Times may be written with or without fractions: the instant counts. */
const times = [
  ["'2024-02-29'::date", '2024-02-29T00:00:00Z'],
  ["'2024-02-29 12:34:56.789'::timestamp", '2024-02-29T12:34:56.789Z'],
  ["'2024-02-29 12:34:56.789+05:30'::timestamptz", '2024-02-29T07:04:56.789Z'],
  ["'1066-10-14 09:00:00Z'::timestamptz", '1066-10-14T09:00:00Z']
];

const geometries = [
  ["ST_Point(1.5, -2.25, 4326)", {type: 'Point', coordinates: [1.5, -2.25]}],
  ["ST_SetSRID('LINESTRING(0 0, 1 1)'::geometry, 4326)", {type: 'LineString', coordinates: [[0, 0], [1, 1]]}],
  ["ST_SetSRID('POLYGON((0 0, 4 0, 4 4, 0 0), (1 0.5, 2 0.5, 2 1, 1 0.5))'::geometry, 4326)",
    {type: 'Polygon', coordinates: [[[0, 0], [4, 0], [4, 4], [0, 0]], [[1, 0.5], [2, 0.5], [2, 1], [1, 0.5]]]}],
  ["ST_SetSRID('POINT Z (1 2 3)'::geometry, 4326)", {type: 'Point', coordinates: [1, 2]}],
  ["'POINT(3 4)'::geometry", {type: 'Point', coordinates: [3, 4]}],
  ["ST_Point(1, 2, 4326)::geography", {type: 'Point', coordinates: [1, 2]}],
  ["ST_SetSRID('GEOMETRYCOLLECTION(POINT(1 2))'::geometry, 4326)", {type: 'GeometryCollection', geometries: [{type: 'Point', coordinates: [1, 2]}]}]
];

async function ask(sql) {
  const {rows, schema: fields} = await query(clientOptions({sqlQuery: `SELECT ${sql.replaceAll('SCHEMA', schema)} AS v`}));
  assert.equal(rows.length, 1);
  assert.deepEqual(Object.keys(rows[0]), ['v']);
  return {value: rows[0].v, type: fields[0].type};
}

suite('types of query()', () => {
  for (const [sql, types, expected] of cases) {
    test(sql, async () => {
      const {value, type} = await ask(sql);
      assert.ok(types.includes(type), `the schema says ${type}`);
      assert.deepEqual(value, expected);
    });
  }

  for (const [sql, expected] of times) {
    test(sql, async () => {
      const {value, type} = await ask(sql);
      assert.equal(type, 'timestamp');
      assert.match(value, /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?Z)?$/);
      assert.equal(Date.parse(value), Date.parse(expected));
    });
  }

  for (const [sql, expected] of geometries) {
    test(sql, async () => {
      const {value, type} = await ask(sql);
      assert.equal(type, 'geometry');
      const {crs, bbox, ...geometry} = value;
      assert.deepEqual(geometry, expected);
      assert.equal(bbox, undefined);
    });
  }

  test('A geometry of another reference system comes in WGS84', async () => {
    const {value} = await ask('ST_Transform(ST_Point(-3.7, 40.4, 4326), 25830)');
    assert.ok(Math.abs(value.coordinates[0] + 3.7) < 1e-6 && Math.abs(value.coordinates[1] - 40.4) < 1e-6, `${value.coordinates}`);
  });

  test('Intervals, bytes, ranges and network addresses have a text', async () => {
    for (const sql of ["'1 day 02:00'::interval", "'\\xdead'::bytea", "'[1,5)'::int4range", "'10.0.0.0/8'::inet", "'1'::bit(1)", "'(1,2)'::point"]) {
      const {value} = await ask(sql);
      assert.equal(typeof value, 'string', sql);
      assert.ok(value.length > 0, sql);
    }
  });

  test('Columns without a name, or with the same name twice, lose no value', async () => {
    const {rows, schema: fields} = await query(clientOptions({sqlQuery: 'SELECT 1 AS a, 2 AS a, 3'}));
    assert.equal(fields.length, 3);
    assert.equal(new Set(fields.map((field) => field.name)).size, 3);
    assert.deepEqual(Object.values(rows[0]).sort(), [1, 2, 3]);
  });
});
