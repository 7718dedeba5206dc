// How a caller may prove who it is, and that the proof never ends up in an address.
import {suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {createServer} from 'node:http';
import {query, vectorTableSource} from '@carto/api-client';
import {featuresOf} from '../lib/features.js';
import {loadTile} from '../lib/layer.js';
import {rowsBehind} from '../lib/tiles.js';
import {apiPath, baseUrl, clientOptions, connection, queryString, rawRequest, token} from '../lib/platform.js';
import {row} from '../lib/sql.js';

const airports = (parameters) => new URL(`${apiPath('maps', 'table')}?${queryString({name: 'demo.airports', ...parameters})}`, baseUrl);
const bearer = (text) => ({headers: {Authorization: `Bearer ${text}`}});

async function assertUnauthorized(response, error) {
  assert.equal(response.status, 401);
  assert.match((await response.json()).error, error);
}

/** A server of one's own origin that adds the token, as session mode wants it; what it is asked for is kept. */
async function withSessionProxy(prefix, use) {
  const asked = [];
  const server = createServer((incoming, outgoing) => {
    asked.push({url: incoming.url, authorization: incoming.headers.authorization});
    const target = new URL(baseUrl + incoming.url.slice(prefix.length));
    const headers = {...incoming.headers, host: target.host, authorization: `Bearer ${token}`};
    const forwarded = rawRequest(target, {method: incoming.method, headers}, (response) => {
      outgoing.writeHead(response.statusCode, response.headers);
      response.pipe(outgoing);
    });
    forwarded.on('error', (error) => outgoing.destroy(error));
    incoming.pipe(forwarded);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    return await use(`http://127.0.0.1:${server.address().port}${prefix}`, asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

suite('sessions', () => {
  test('Nothing, and what deck.gl sends without a token, is no token', async () => {
    await assertUnauthorized(await fetch(airports()), /^Token not defined$/);
    await assertUnauthorized(await fetch(airports(), bearer('undefined')), /^Token not defined$/);
    await assertUnauthorized(await fetch(airports(), {headers: {Authorization: ''}}), /^Token not defined$/);
  });

  test('What is no token of this platform is refused', async () => {
    const [header, payload, signature] = token.split('.');
    const unsigned = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    for (const text of ['x', 'null', 'a.b.c', `${header}.${payload}`, `${header}.${payload}.`, `${unsigned}.${payload}.`, `${header}.${payload}.${signature}x`, 'x'.repeat(8000)]) {
      await assertUnauthorized(await fetch(airports(), bearer(text)), /token/i);
    }
    await assertUnauthorized(await fetch(airports(), {headers: {Authorization: `Basic ${Buffer.from(`x:${token}`).toString('base64')}`}}), /token/i);
  });

  test('The token may come in the query string, and is in no address of the answer', async () => {
    const response = await fetch(airports({access_token: token}));
    assert.equal(response.status, 200);
    const text = await response.text();
    assert.ok(!text.includes(token) && !text.includes('access_token'), 'the instantiation repeats the token');
    const dataUrl = new URL(JSON.parse(text).tilejson.url[0]);
    dataUrl.searchParams.set('access_token', token);
    const tilejson = await (await fetch(dataUrl)).text();
    assert.ok(!tilejson.includes(token) && !tilejson.includes('access_token'), 'the TileJSON repeats the token');
  });

  test('A token in the query string counts where deck.gl sends its literal undefined', async () => {
    assert.equal((await fetch(airports({access_token: token}), bearer('undefined'))).status, 200);
  });

  test('A wrong token in the query string is refused', async () => {
    await assertUnauthorized(await fetch(airports({access_token: 'x'})), /token/i);
  });

  test('The scheme of the header is read without regard to case', async () => {
    assert.equal((await fetch(airports(), {headers: {Authorization: `bearer ${token}`}})).status, 200);
  });

  for (const prefix of ['', '/app/_proxy/demo', '/api']) {
    test(`Session mode through a proxy at "${prefix}": sources, tiles and queries`, async () => {
      await withSessionProxy(prefix, async (apiBaseUrl, asked) => {
        const options = {...clientOptions({apiBaseUrl, authMode: 'session'}), accessToken: undefined};
        const tilejson = await vectorTableSource({...options, tableName: 'demo.montevideo_places', columns: ['osm_id']});
        assert.equal(tilejson.accessToken, undefined);
        assert.ok(tilejson.tiles[0].startsWith(`${apiBaseUrl}/`), tilejson.tiles[0]);
        const {count} = await row('SELECT count(*) AS count FROM demo.montevideo_places');
        assert.equal(rowsBehind(featuresOf(await loadTile(tilejson, {z: 0, x: 0, y: 0}))), count);
        assert.deepEqual((await query({...options, sqlQuery: 'SELECT 1 AS v'})).rows, [{v: 1}]);
        assert.ok(asked.every(({authorization}) => [undefined, 'Bearer undefined'].includes(authorization)), 'the client has a token');
        assert.ok(!JSON.stringify([asked, tilejson]).includes(token), 'the token has left the server');
      });
    });
  }

  test('Session mode without a session: the client is told that it has no token', async () => {
    const options = {...clientOptions({authMode: 'session'}), accessToken: undefined};
    await assert.rejects(query({...options, sqlQuery: 'SELECT 1'}), (error) => {
      assert.equal(error.response.status, 401);
      assert.equal(error.responseJson.error, 'Token not defined');
      return true;
    });
  });

  test('The token of the demo page reads the sample tables, and nothing else', async () => {
    const config = await (await fetch(new URL('/demo/config.json', baseUrl))).json();
    assert.equal(config.connection, connection);
    assert.notEqual(config.accessToken, token);
    const statusOf = async (path) => (await fetch(new URL(path, baseUrl), bearer(config.accessToken))).status;
    assert.equal(await statusOf(airports()), 200);
    for (const path of [
      `${apiPath('maps', 'table')}?name=public.geometry_columns`,
      `${apiPath('maps', 'table')}?name=nowhere.nothing`,
      `${apiPath('maps', 'query')}?${queryString({q: 'SELECT * FROM demo.airports'})}`,
      `${apiPath('maps', 'query')}?${queryString({q: 'SELECT usename, geom FROM pg_user, demo.airports'})}`,
      `${apiPath('sql', 'query')}?${queryString({q: 'SELECT usename FROM pg_user'})}`
    ]) assert.equal(await statusOf(path), 403, path);
  });

  test('Addresses follow a trusted proxy in front of the platform, and nobody else', async () => {
    const response = await fetch(airports(), {
      headers: {Authorization: `Bearer ${token}`, 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'maps.example.org'}
    });
    const {tilejson: {url: [url]}} = await response.json();
    // Loopback is trusted; where the platform sees us come from elsewhere, we are strangers.
    const host = process.env.CARTO_TEST_STRANGER ? new URL(baseUrl).host : 'maps.example.org';
    const {protocol, host: told, pathname} = new URL(url);
    assert.deepEqual([protocol, told], ['https:', host]);
    assert.match(pathname, new RegExp(`^/(api/)?v3/maps/${connection}/table$`));
  });
});
