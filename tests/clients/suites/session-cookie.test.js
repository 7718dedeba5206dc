// Session mode of the client library with a real session: a user who has signed in, and no token anywhere.
import {suite, test, before, after} from 'node:test';
import assert from 'node:assert/strict';
import {query, vectorTableSource} from '@carto/api-client';
import {featuresOf} from '../lib/features.js';
import {loadTile} from '../lib/layer.js';
import {rowsBehind} from '../lib/tiles.js';
import {baseUrl, clientOptions, connection} from '../lib/platform.js';
import {asBrowser, deleteUsers, signedIn} from '../lib/sessions.js';
import {row} from '../lib/sql.js';

suite('session cookie', () => {
  let cookie;
  before(async () => ({cookie} = await signedIn('Editor')));
  after(deleteUsers);

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
      const tile = await fetch(source.tiles[0].replace('{z}', 0).replace('{x}', 0).replace('{y}', 0));
      // Read to its end: a body that nobody reads keeps its connection, and this process with it, for minutes.
      assert.ok((await tile.arrayBuffer()).byteLength > 0);
      assert.equal(tile.status, 200);
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
