// Errors as the client library shows them: class, status and text of CartoAPIError (section 1.8).
import {suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {query, vectorQuerySource, vectorTableSource} from '@carto/api-client';
import {loadTile} from '../lib/layer.js';
import {apiPath, clientOptions, request, token} from '../lib/platform.js';
import {scratchSchema} from '../lib/scratch.js';

const schema = scratchSchema(() => 'CREATE TABLE plain (id integer); CREATE TABLE forbidden (id integer, geom geometry(Point, 4326));');

const table = (options) => vectorTableSource(clientOptions({tableName: 'demo.airports', ...options}));
const map = (sqlQuery, options) => vectorQuerySource(clientOptions({sqlQuery, ...options}));
const sql = (sqlQuery, options) => query(clientOptions({sqlQuery, ...options}));

const shown = {400: 'Bad request', 401: 'Unauthorized access', 403: 'Unauthorized access', 404: 'Not found'};

/** What is asked, the status, and what the server's text must say. */
const cases = {
  'an unknown token': [() => table({accessToken: 'no-token'}), 401, /token/i],
  'a token with a broken signature': [() => table({accessToken: `${token.slice(0, -4)}AAAA`}), 401, /token/i],
  'a token that is no text of a header line': [() => table({accessToken: 'a b c'}), 401, /token/i],
  'the literal token undefined': [() => table({accessToken: 'undefined'}), 401, /token/i],
  'an unknown token for SQL': [() => sql('SELECT 1', {accessToken: 'x.y.z'}), 401, /token/i],
  'an unknown connection of a map': [() => table({connectionName: 'nowhere'}), 404, /nowhere/],
  'an unknown connection of SQL': [() => sql('SELECT 1', {connectionName: 'nowhere'}), 404, /nowhere/],
  'a connection with a slash in its name': [() => sql('SELECT 1', {connectionName: 'a%2Fb'}), 404, /./],
  'an unknown table': [() => table({tableName: 'demo.nowhere'}), 404, /demo\.nowhere/],
  'an unknown schema': [() => table({tableName: 'nowhere.airports'}), 404, /nowhere/],
  'a table name of too many parts': [() => table({tableName: 'a.b.c.d'}), [400, 404], /./],
  'a table name that breaks off': [() => table({tableName: 'demo."airports'}), [400, 404], /./],
  'a table name that is SQL': [() => table({tableName: 'demo.airports; DROP TABLE x'}), [400, 404], /./],
  'an unknown column of a table': [() => table({columns: ['nowhere']}), 400, /Column not found/],
  'an unknown spatial column': [() => table({spatialDataColumn: 'nowhere'}), 400, /nowhere|Column not found/],
  'a spatial column that is none': [() => table({spatialDataColumn: 'name'}), 400, /name/],
  'a table without geometry': [() => table({tableName: `${schema}.plain`}), 400, /Column not found|geom/],
  'a syntax error in a map': [() => map('SELEC * FROM demo.airports'), 400, /syntax error/],
  'an unknown relation in a map': [() => map('SELECT * FROM demo.nowhere'), 400, /demo\.nowhere/],
  'two statements in a map': [() => map('SELECT 1; SELECT 2'), 400, /./],
  'a missing parameter in a map': [() => map('SELECT * FROM demo.airports WHERE id = $1'), 400, /./],
  'a query that ends its own brackets': [() => map('SELECT * FROM demo.airports) AS t; DELETE FROM demo.airports; --'), 400, /./],
  'a query that writes in a map': [() => map('DELETE FROM demo.airports RETURNING *'), [400, 403], /./],
  'a syntax error': [() => sql('SELEC 1'), 400, /syntax error at or near "SELEC"/],
  'an unknown relation': [() => sql('SELECT * FROM nowhere'), 400, /relation "nowhere" does not exist/],
  'an unknown column': [() => sql('SELECT nowhere FROM demo.airports'), 400, /column "nowhere" does not exist/],
  'an unknown function': [() => sql('SELECT nowhere(1)'), 400, /function nowhere\(integer\) does not exist/],
  'a division by zero': [() => sql('SELECT 1 / 0 AS v'), 400, /division by zero/],
  'an error in a late row': [() => sql('SELECT 1 / (1000 - i) FROM generate_series(1, 1000) AS i'), 400, /division by zero/],
  'a text that is no number': [() => sql("SELECT 'x'::integer"), 400, /invalid input syntax for type integer/],
  'a missing parameter': [() => sql('SELECT $1::int'), 400, /./],
  'a missing second parameter': [() => sql('SELECT $1::int + $2::int', {queryParameters: [1]}), 400, /./],
  'a missing named parameter': [() => sql('SELECT @a::int', {queryParameters: {b: 1}}), 400, /a/],
  'two statements': [() => sql('SELECT 1; SELECT 2'), 400, /./],
  'no statement': [() => sql('-- nothing'), 400, /./],
  'an unfinished text': [() => sql("SELECT 'x"), 400, /./],
  'a NUL character': [() => sql('SELECT $1::text', {queryParameters: ['a\u0000b']}), 400, /./],
  'another role': [() => sql("SELECT set_config('role', 'carto_owner', false)"), 403, /permission denied/],
  'the passwords of the database': [() => sql('SELECT rolpassword FROM pg_authid'), 403, /permission denied/],
  'a file of the server': [() => sql("SELECT pg_read_file('/etc/passwd')"), 403, /permission denied/]
};

suite('errors', () => {
  for (const [name, [ask, status, text]] of Object.entries(cases)) {
    test(`${name}: ${status}`, async () => {
      await assert.rejects(ask(), (error) => {
        assert.equal(error.name, 'CartoAPIError', error.stack);
        const allowed = [status].flat();
        assert.ok(allowed.includes(error.response?.status), `${error.response?.status}: ${error.message}`);
        assert.equal(typeof error.responseJson.error, 'string');
        assert.match(error.responseJson.error, text);
        assert.ok(error.message.includes(`Server returned: ${shown[error.response.status]} (${error.response.status}): ${error.responseJson.error}`));
        assertTellsNothing(error.responseJson);
        return true;
      });
    });
  }

  test('No token at all: 401 in the words of the contract', async () => {
    const response = await fetch(new URL(`${apiPath('maps', 'table')}?name=demo.airports`, (await request('/')).url));
    assert.equal(response.status, 401);
    assert.equal((await response.json()).error, 'Token not defined');
  });

  test('An error of a tile reaches the layer with its text', async () => {
    const tilejson = await table();
    const broken = {...tilejson, accessToken: 'no-token'};
    await assert.rejects(loadTile(broken, {z: 0, x: 0, y: 0}), (error) => {
      assert.equal(error.response.status, 401);
      assert.match(error.reason.error, /token/i);
      return true;
    });
  });

  for (const tile of ['-1/0/0', '0/1/0', '1/0/2', '99/0/0', '0/a/0', '5/32/1', '0/0/99999999999999999999']) {
    test(`A tile outside of the grid, ${tile}, is an error and no empty tile`, async () => {
      const {tiles: [template]} = await table();
      const [z, x, y] = tile.split('/');
      const response = await request(template.replace('{z}', z).replace('{x}', x).replace('{y}', y));
      assert.ok([400, 404].includes(response.status), `${response.status}`);
      assert.equal(typeof (await response.json()).error, 'string');
    });
  }
});

/** SQL text of ours, connection strings and stack traces never leave the process. */
function assertTellsNothing(body) {
  assert.doesNotMatch(JSON.stringify(body), /Npgsql|Password|Host=|\bat CartoPlatform|ST_AsMVT|ST_MakeEnvelope/);
}
