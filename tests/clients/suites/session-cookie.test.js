// Session mode of the client library with a real session: a user who has signed in, and no token anywhere.
import {suite, test, before, after} from 'node:test';
import assert from 'node:assert/strict';
import {query, vectorTableSource} from '@carto/api-client';
import {featuresOf} from '../lib/features.js';
import {loadTile} from '../lib/layer.js';
import {rowsBehind} from '../lib/tiles.js';
import {call} from '../lib/maps.js';
import {baseUrl, clientOptions, connection} from '../lib/platform.js';
import {row} from '../lib/sql.js';

const origin = new URL(baseUrl).origin;
const email = `${crypto.randomUUID()}@example.org`;
const password = 'correct horse battery';

/** Does with each request what a browser on the platform's own page does: the cookie goes along, and Origin where it is no GET. */
async function asBrowser(cookie, use) {
  const original = globalThis.fetch;
  const asked = [];
  globalThis.fetch = (url, init = {}) => {
    asked.push(String(url));
    const headers = new Headers(init.headers);
    headers.set('Cookie', cookie);
    if (init.method && init.method !== 'GET') headers.set('Origin', origin);
    return original(new URL(String(url), baseUrl), {...init, headers});
  };
  try {
    return await use(asked);
  } finally {
    globalThis.fetch = original;
  }
}

suite('session cookie', () => {
  let user;
  let cookie;
  before(async () => {
    user = await (await call('POST', '/v3/users', {email, password, role: 'Editor'})).json();
    const signedIn = await fetch(new URL('/v3/accounts/sign-in', baseUrl), {
      method: 'POST', headers: {'Content-Type': 'application/json', Origin: origin}, body: JSON.stringify({email, password})
    });
    assert.equal(signedIn.status, 200);
    cookie = signedIn.headers.getSetCookie()[0].split(';')[0];
  });
  after(() => call('DELETE', `/v3/users/${user.id}`));

  for (const apiBaseUrl of [baseUrl, `${baseUrl}/api`]) {
    test(`Sources, tiles, queries and widgets at ${apiBaseUrl}`, async () => {
      await asBrowser(cookie, async () => {
        const options = {...clientOptions({apiBaseUrl, authMode: 'session'}), accessToken: undefined};
        const source = await vectorTableSource({...options, tableName: 'demo.montevideo_places', columns: ['osm_id', 'category']});
        const {count} = await row('SELECT count(*) AS count FROM demo.montevideo_places');
        assert.equal(rowsBehind(featuresOf(await loadTile(source, {z: 0, x: 0, y: 0}))), count);
        assert.deepEqual((await query({...options, sqlQuery: 'SELECT 1 AS v'})).rows, [{v: 1}]);
        const {value} = await source.widgetSource.getFormula({operation: 'count', column: 'osm_id'});
        assert.equal(value, count);
      });
    });
  }

  test('A relative base URL queries and instantiates', async () => {
    await asBrowser(cookie, async (asked) => {
      const options = {...clientOptions({apiBaseUrl: '/api', authMode: 'session'}), accessToken: undefined};
      assert.deepEqual((await query({...options, sqlQuery: 'SELECT 2 AS v'})).rows, [{v: 2}]);
      const source = await vectorTableSource({...options, tableName: 'demo.airports', columns: ['name']});
      assert.ok(source.tiles[0].startsWith('/api/'), source.tiles[0]);
      assert.ok(asked.every((url) => url.startsWith('/api/')), asked.join(' '));
      assert.equal((await fetch(source.tiles[0].replace('{z}', 0).replace('{x}', 0).replace('{y}', 0))).status, 200);
    });
  });

  test('deck.gl\'s literal undefined is no token, and the cookie counts', async () => {
    const response = await fetch(new URL(`/v3/maps/${connection}/table?name=demo.airports`, baseUrl), {headers: {Cookie: cookie, Authorization: 'Bearer undefined'}});
    assert.equal(response.status, 200);
  });

  test('Another site\'s page gets nothing done with the cookie', async () => {
    const response = await fetch(new URL('/v3/maps', baseUrl), {
      method: 'POST', headers: {Cookie: cookie, Origin: 'https://evil.example', 'Content-Type': 'application/json'}, body: '{}'
    });
    assert.equal(response.status, 403);
    const preflight = await fetch(new URL('/v3/maps', baseUrl), {method: 'OPTIONS', headers: {Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST'}});
    assert.equal(preflight.headers.get('Access-Control-Allow-Credentials'), null);
  });
});
