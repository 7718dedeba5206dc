// Sources and widgets of the real client with tokens of every grant kind: what they permit, and how the rest is refused.
import {after, before, suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {query, vectorQuerySource, vectorTableSource} from '@carto/api-client';
import {clientOptions, connection, request, token as ownerToken} from '../lib/platform.js';

const sqlQuery = 'SELECT * FROM demo.airports WHERE id % $1 = 0';
const name = `airports-by-id-${process.pid}`;
const refused = {
  source: /Unauthorized access \(403\): You don't have permissions to read this resource/,
  widget: /Forbidden access to the requested data/
};
const made = [];

async function api(method, path, body) {
  const response = await request(path, {method, body: body && JSON.stringify(body), headers: {'Content-Type': 'application/json'}});
  const text = await response.text();
  return {status: response.status, body: text ? JSON.parse(text) : null};
}

/** A token with these grants on the default connection. */
async function tokenFor(sources, more = {}) {
  const {status, body} = await api('POST', '/v3/tokens', {grants: sources.map((source) => ({connection_name: connection, source})), allowed_apis: ['sql', 'maps'], ...more});
  assert.equal(status, 200, JSON.stringify(body));
  made.push(body.id);
  return body.token;
}

/** Everything the client can read of a source: map, tile, widget, statistics. */
async function readAll(accessToken, {table, sql}) {
  const options = clientOptions({accessToken});
  const source = table
    ? await vectorTableSource({...options, tableName: table})
    : await vectorQuerySource({...options, sqlQuery: sql, queryParameters: [5]});
  const tile = await fetch(source.tiles[0].replace('{z}', 0).replace('{x}', 0).replace('{y}', 0), {headers: {Authorization: `Bearer ${accessToken}`}});
  assert.equal(tile.status, 200);
  const {value} = await source.widgetSource.getFormula({column: 'id', operation: 'count'});
  assert.ok(value > 0);
}

async function refuseAll(accessToken, {table, sql}) {
  const options = clientOptions({accessToken});
  const make = () => (table ? vectorTableSource({...options, tableName: table}) : vectorQuerySource({...options, sqlQuery: sql, queryParameters: [5]}));
  await assert.rejects(make, (error) => error.constructor.name === 'CartoAPIError' && refused.source.test(error.message));
  // A widget of a source that another token was given, and its tile.
  const source = await (table ? vectorTableSource({...clientOptions(), tableName: table}) : vectorQuerySource({...clientOptions(), sqlQuery: sql, queryParameters: [5]}));
  source.widgetSource.props.accessToken = accessToken;
  await assert.rejects(() => source.widgetSource.getFormula({column: 'id', operation: 'count'}), refused.widget);
  const tile = await fetch(source.tiles[0].replace('{z}', 0).replace('{x}', 0).replace('{y}', 0), {headers: {Authorization: `Bearer ${accessToken}`}});
  assert.equal(tile.status, 403);
}

suite('tokens', () => {
  before(async () => assert.equal((await api('POST', '/v3/named-sources', {name, source: sqlQuery})).status, 200));
  after(async () => {
    // Side by side: each is answered when it holds in every process.
    await Promise.all([api('DELETE', `/v3/named-sources/${name}`), ...made.map((id) => api('DELETE', `/v3/tokens/${id}`))]);
  });

  const sources = {table: {table: 'demo.airports'}, query: {sql: sqlQuery}, named: {sql: name}};
  for (const [grant, permitted] of [
    [['demo.airports'], ['table']], [[sqlQuery], ['query']], [[`  ${sqlQuery};`], ['query']], [[name], ['named']], [['demo.*'], ['table']],
    [['*'], ['table', 'query', 'named']], [['demo.airports', name], ['table', 'named']], [['demo.nothing'], []]
  ]) {
    test(`A grant on ${grant.join(' and ')} permits ${permitted.join(', ') || 'nothing here'}`, async () => {
      const accessToken = await tokenFor(grant);
      for (const [kind, source] of Object.entries(sources)) await (permitted.includes(kind) ? readAll(accessToken, source) : refuseAll(accessToken, source));
    });
  }

  test('SQL takes a grant on exactly that text, and the API', async () => {
    const rows = async (accessToken, sql) => (await query({...clientOptions({accessToken}), sqlQuery: sql, queryParameters: [5]})).rows.length;
    assert.ok((await rows(await tokenFor([sqlQuery]), sqlQuery)) > 0);
    assert.ok((await rows(await tokenFor([name]), name)) > 0);
    await assert.rejects(async () => rows(await tokenFor(['demo.airports']), sqlQuery), refused.source);
    await assert.rejects(async () => rows(await tokenFor(['*'], {allowed_apis: ['maps']}), sqlQuery), refused.source);
  });

  test('A revoked token is refused everywhere from the answer on, warm cache or not', async () => {
    const accessToken = await tokenFor(['*']);
    await readAll(accessToken, sources.table);
    assert.equal((await api('DELETE', `/v3/tokens/${made.at(-1)}`)).status, 204);
    await assert.rejects(() => vectorTableSource({...clientOptions({accessToken}), tableName: 'demo.airports'}), /Unauthorized access \(401\): Invalid token/);
    await assert.rejects(() => query({...clientOptions({accessToken}), sqlQuery: 'SELECT 1'}), /Unauthorized access \(401\): Invalid token/);
  });

  test('An edit of a named source is in the next answer', async () => {
    const edited = `${name}-edited`;
    const accessToken = await tokenFor([edited]);
    const count = async () => {
      const source = await vectorQuerySource({...clientOptions({accessToken}), sqlQuery: edited});
      return [(await source.widgetSource.getFormula({column: 'id', operation: 'count'})).value, source.tiles[0]];
    };
    await api('POST', '/v3/named-sources', {name: edited, source: 'SELECT * FROM demo.airports LIMIT 3'});
    const [three, before] = await count();
    await api('PATCH', `/v3/named-sources/${edited}`, {source: 'SELECT * FROM demo.airports LIMIT 2'});
    const [two, now] = await count();
    await api('DELETE', `/v3/named-sources/${edited}`);
    assert.deepEqual([three, two], [3, 2]);
    if (/cache=/.test(before)) assert.notEqual(before, now);
    await assert.rejects(count, /403|404/);
  });

  test('Referers are held against the origin of the page', async () => {
    const accessToken = await tokenFor(['demo.airports'], {referers: ['https://app.example.org']});
    const ask = (headers) => vectorTableSource({...clientOptions({accessToken, headers}), tableName: 'demo.airports'});
    await ask({Referer: 'https://app.example.org/'});
    await assert.rejects(() => ask({Referer: 'https://app.example.org.evil.example/'}), /Unauthorized access \(403\): Unauthorized referer/);
    await assert.rejects(() => ask({}), /Unauthorized access \(403\): Unauthorized referer/);
  });

  test('The token of a map administers nothing', async () => {
    const accessToken = await tokenFor(['*']);
    for (const path of ['/v3/tokens', '/v3/named-sources']) {
      const response = await request(path, {headers: {Authorization: `Bearer ${accessToken}`}});
      assert.equal(response.status, 403);
    }
    assert.notEqual(accessToken, ownerToken);
  });
});
