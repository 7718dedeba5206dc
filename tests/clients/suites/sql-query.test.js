// query() of the client library: rows, schema and meta, parameters, errors, and POST for long SQL.
import {suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {query} from '@carto/api-client';
import {apiPath, clientOptions, queryString, request} from '../lib/platform.js';
import {recording} from '../lib/recorder.js';
import {scratchSchema} from '../lib/scratch.js';
import {row, rows} from '../lib/sql.js';
import {thingsTable} from '../lib/things.js';
import {assertSchema} from '../lib/tilejson.js';

const schema = scratchSchema(() => thingsTable);
const run = (sqlQuery, options) => query(clientOptions({sqlQuery, ...options}));
const value = async (sqlQuery, options) => (await run(sqlQuery, options)).rows[0].v;

const parameters = {
  'by position': ['SELECT $2::text || $1::text AS v', ['b', 'a'], 'ab'],
  'a number keeps its fraction': ['SELECT $1::numeric * 3 AS v', [0.1], 0.3],
  'a large number': ['SELECT $1::bigint - 1 AS v', [9007199254740991], 9007199254740990],
  'a boolean': ['SELECT NOT $1::boolean AS v', [true], false],
  'null': ['SELECT $1::text IS NULL AS v', [null], true],
  'a text with everything in it': ['SELECT $1::text AS v', ["it's \"x\"\\ $1 @a ? -- /* ñ 🗾 \n"], "it's \"x\"\\ $1 @a ? -- /* ñ 🗾 \n"],
  'a list of numbers': ['SELECT 2 = ANY ($1::int[]) AS v', [[1, 2]], true],
  'a list of texts': ['SELECT array_length($1::text[], 1) AS v', [['a,b', '{"']], 2],
  'a nested list': ['SELECT ($1::int[][])[2][1] AS v', [[[1, 2], [3, 4]]], 3],
  'an empty list': ['SELECT cardinality($1::int[]) AS v', [[]], 0],
  'an object': ["SELECT $1::jsonb #>> '{a,1}' AS v", [{a: [1, 'x']}], 'x'],
  'by name': ['SELECT @a::int + @b::int + @a::int AS v', {a: 1, b: 10}, 12],
  'a placeholder in a text is none': ["SELECT '$1 @a ?' || $1::text AS v", ['!'], '$1 @a ?!'],
  'an operator is no placeholder': ["SELECT '{\"a\": 1}'::jsonb ? $1::text AS v", ['a'], true],
  'without a cast, from where it is used': ['SELECT name AS v FROM demo.countries WHERE id = $1', [1], 'Afghanistan']
};

const texts = {
  'a trailing semicolon': 'SELECT 1 AS v;',
  'comments around it': '/* ; */ -- x\n SELECT 1 AS v -- ; end',
  'WITH': 'WITH t AS (SELECT 1 AS v) SELECT v FROM t;',
  'VALUES': 'SELECT * FROM (VALUES (1)) AS t(v)',
  'a dollar-quoted text': "SELECT 1 AS v WHERE $q$;'--$1$q$ <> ''",
  'TABLE in parentheses': '(SELECT 1 AS v)'
};

suite('query()', () => {
  test('Rows, schema and meta of a sample table', async () => {
    const sql = 'SELECT id, name, iata_code, elevation_ft, scheduled_service FROM demo.airports ORDER BY id';
    const result = await run(sql);
    assert.deepEqual(result.rows, await rows(sql));
    assertSchema(result.schema);
    const types = Object.fromEntries(result.schema.map((field) => [field.name, field.type]));
    assert.deepEqual(types, {id: 'number', name: 'string', iata_code: 'string', elevation_ft: 'number', scheduled_service: 'boolean'});
    assert.equal(typeof result.meta, 'object');
    if ('totalBytesProcessed' in result.meta) assert.equal(typeof result.meta.totalBytesProcessed, 'string');
  });

  test('A geometry is a GeoJSON object in WGS84', async () => {
    const expected = await rows('SELECT id, ST_AsGeoJSON(geom, 9)::json AS geom FROM demo.countries ORDER BY id LIMIT 20');
    const {rows: actual, schema: fields} = await run('SELECT id, geom FROM demo.countries ORDER BY id LIMIT 20');
    assert.deepEqual(fields, [{name: 'id', type: 'number'}, {name: 'geom', type: 'geometry'}]);
    actual.forEach((country, i) => assertSameGeometry(country.geom, expected[i].geom));
  });

  test('135,233 rows arrive whole', async () => {
    const {count, sum} = await row('SELECT count(*) AS count, sum(geoname_id) AS sum FROM demo.populated_places');
    const result = await run('SELECT geoname_id FROM demo.populated_places');
    assert.equal(result.rows.length, count);
    assert.equal(result.rows.reduce((total, place) => total + place.geoname_id, 0), sum);
  });

  test('No rows still have a schema', async () => {
    const result = await run('SELECT id, geom FROM demo.airports WHERE false');
    assert.deepEqual(result.rows, []);
    assert.deepEqual(result.schema, [{name: 'id', type: 'number'}, {name: 'geom', type: 'geometry'}]);
  });

  for (const [name, [sql, queryParameters, expected]] of Object.entries(parameters)) {
    test(`queryParameters: ${name}`, async () => {
      assert.deepEqual(await value(sql, {queryParameters}), expected);
      assert.deepEqual(await value(`${sql} --${' '.repeat(8000)}`, {queryParameters}), expected, 'by POST');
    });
  }

  for (const [name, sql] of Object.entries(texts)) {
    test(`SQL with ${name}`, async () => assert.equal(await value(sql), 1));
  }

  test('SQL longer than an address may be goes by POST', async () => {
    const {result, calls} = await recording(() => run(`SELECT ${'1 + '.repeat(2000)}1 AS v`));
    assert.equal(calls[0].init.method, 'POST');
    assert.deepEqual(result.rows, [{v: 2001}]);
  });

  test('A form is read like JSON, as the QGIS plugin sends it', async () => {
    const response = await request(apiPath('sql', 'query'), {method: 'POST', body: new URLSearchParams({q: "SELECT 'a+b & c' AS v"})});
    assert.equal(response.status, 200);
    assert.deepEqual((await response.json()).rows, [{v: 'a+b & c'}]);
  });

  test('A statement that writes is run by POST for a token that may write', async () => {
    const inserted = await post(`INSERT INTO ${schema}.things (id, name) VALUES ($1, $2), (201, NULL) RETURNING id, name`, [200, 'posted']);
    assert.deepEqual(inserted, {status: 200, rows: [{id: 200, name: 'posted'}, {id: 201, name: null}]});
    assert.deepEqual(await rows(`SELECT id, name FROM ${schema}.things WHERE id >= 200 ORDER BY id`), inserted.rows);
    assert.deepEqual(await post(`DELETE FROM ${schema}.things WHERE id >= 200`), {status: 200, rows: []});
    assert.deepEqual(await rows(`SELECT id FROM ${schema}.things WHERE id >= 200`), []);
  });

  test('A write that fails half-way leaves nothing', async () => {
    const {status} = await post(`INSERT INTO ${schema}.things (id) SELECT 1000 / (300 - i) FROM generate_series(290, 300) AS i`);
    assert.equal(status, 400);
    assert.equal((await row(`SELECT count(*) AS count FROM ${schema}.things`)).count, 9);
  });

  for (const sql of ['COMMIT', 'ROLLBACK', 'END', 'ABORT', 'BEGIN; SELECT 1', 'SET ROLE carto_admin', "COPY (SELECT 1) TO PROGRAM 'id'", 'COPY demo.airports TO STDOUT']) {
    test(`${sql} by POST is refused, and no mistake of the server`, async () => {
      const {status, error} = await post(sql);
      assert.ok([400, 403].includes(status), `${status}`);
      assert.equal(typeof error, 'string');
    });
  }

  test('A statement that writes is refused by GET, and writes nothing', async () => {
    for (const sql of [`DELETE FROM ${schema}.things`, `WITH d AS (DELETE FROM ${schema}.things RETURNING id) SELECT * FROM d`, 'CREATE TABLE public.contract_no()']) {
      const response = await request(`${apiPath('sql', 'query')}?${queryString({q: sql})}`);
      assert.ok([400, 403].includes(response.status), `${sql}: ${response.status}`);
      assert.equal(typeof (await response.json()).error, 'string');
    }
    const {count} = await row(`SELECT count(*) AS count FROM ${schema}.things`);
    assert.equal(count, 9);
  });
});

async function post(q, queryParameters) {
  const response = await request(apiPath('sql', 'query'), {
    method: 'POST',
    headers: {'Content-Type': 'application/json'},
    body: JSON.stringify({q, queryParameters})
  });
  const {rows: returned, error} = await response.json();
  return {status: response.status, ...(error === undefined ? {rows: returned} : {error})};
}

function assertSameGeometry(actual, expected) {
  assert.equal(actual.type, expected.type);
  const flat = (geometry) => geometry.coordinates.flat(Infinity);
  const [a, b] = [flat(actual), flat(expected)];
  assert.equal(a.length, b.length);
  assert.ok(a.every((coordinate, i) => Math.abs(coordinate - b[i]) < 1e-6), 'coordinates differ');
}
