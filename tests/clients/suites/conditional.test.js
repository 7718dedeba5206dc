// HEAD, ETag, 304, codings and what may be kept (section 1.7).
import {suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {gunzipSync} from 'node:zlib';
import {vectorTableSource} from '@carto/api-client';
import {tileUrl} from '../lib/layer.js';
import {apiPath, clientOptions, queryString, rawRequest, request, token} from '../lib/platform.js';
import {airportTiles} from '../lib/tiles.js';

const airports = `${apiPath('maps', 'table')}?name=demo.airports`;
const one = `${apiPath('sql', 'query')}?${queryString({q: 'SELECT 1 AS v'})}`;

suite('conditional', () => {
  test('HEAD of a tile answers like GET, without the body', async () => {
    const {full, empty} = await airportTiles();
    const [get, head] = [await request(full), await request(full, {method: 'HEAD'})];
    assert.equal(head.status, 200);
    assert.equal((await head.arrayBuffer()).byteLength, 0);
    for (const header of ['content-type', 'etag']) assert.equal(head.headers.get(header), get.headers.get(header));
    assert.equal((await request(empty, {method: 'HEAD'})).status, 204);
  });

  test('A tile that the caller has is 304, with an ETag and without a body', async () => {
    const {full} = await airportTiles();
    const tag = (await request(full)).headers.get('etag');
    assert.match(tag, /^(W\/)?"[^"]+"$/);
    for (const tags of [tag, `"other", ${tag}`, '*']) {
      const response = await request(full, {headers: {'If-None-Match': tags}});
      assert.equal(response.status, 304, tags);
      assert.equal(response.headers.get('etag'), tag);
      assert.equal((await response.arrayBuffer()).byteLength, 0);
    }
    assert.equal((await request(full, {headers: {'If-None-Match': '"other"'}})).status, 200);
  });

  test('The same tile has the same bytes and the same ETag', async () => {
    const {full} = await airportTiles();
    // Kept, and made anew.
    const [first, second, fresh] = [await request(full), await request(full), await request(full, {headers: {'Cache-Control': 'no-cache'}})];
    const body = Buffer.from(await first.arrayBuffer());
    for (const other of [second, fresh]) {
      assert.equal(other.headers.get('etag'), first.headers.get('etag'));
      assert.deepEqual(Buffer.from(await other.arrayBuffer()), body);
    }
  });

  test('A tile comes compressed to those who can read it, and plain to the others', async () => {
    const {full} = await airportTiles();
    const [plain, packed] = await Promise.all(['identity', 'gzip'].map((coding) => rawGet(full, {'Accept-Encoding': coding})));
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.equal(packed.headers['content-encoding'], 'gzip');
    assert.deepEqual(gunzipSync(packed.body), plain.body);
    assert.match(packed.headers.vary, /accept-encoding/i);
  });

  test('Answers say what the cache did: kept ones are hits, and no-cache goes past it', async () => {
    const {full, empty} = await airportTiles();
    for (const url of [full, empty, one, airports]) {
      assert.match((await request(url)).headers.get('x-cache'), /^(HIT|MISS|COALESCED)$/, url);
      assert.equal((await request(url)).headers.get('x-cache'), 'HIT', url);
      assert.equal((await request(url, {headers: {'Cache-Control': 'no-cache'}})).headers.get('x-cache'), 'BYPASS', url);
    }
  });

  test('A hundred tiles asked for at once all come', async () => {
    const tilejson = await vectorTableSource(clientOptions({tableName: 'demo.montevideo_streets'}));
    const asked = Array.from({length: 100}, (_, i) => request(tileUrl(tilejson, {z: 15, x: 11260 + (i % 10), y: 19770 + Math.floor(i / 10)})));
    const statuses = (await Promise.all(asked)).map((response) => response.status);
    assert.ok(statuses.every((status) => [200, 204].includes(status)), `${statuses}`);
    assert.ok(statuses.includes(200), 'all tiles are empty');
  });

  test('Instantiation and TileJSON are never 304: the client could not read one', async () => {
    const first = await request(airports);
    const {tilejson: {url: [dataUrl]}} = await first.json();
    const second = await request(dataUrl);
    const conditions = [{'If-Modified-Since': new Date().toUTCString()}, {'If-None-Match': '*'}];
    for (const tag of [first, second].map((response) => response.headers.get('etag')).filter(Boolean)) conditions.push({'If-None-Match': tag});
    for (const url of [airports, dataUrl]) {
      for (const headers of conditions) assert.equal((await request(url, {headers})).status, 200, `${url} ${JSON.stringify(headers)}`);
    }
  });

  test('A browser keeps no tile without asking again', async () => {
    const {full} = await airportTiles();
    for (const url of [full, one, airports]) {
      const control = (await request(url)).headers.get('cache-control');
      assert.match(control, /no-cache|no-store|immutable|max-age=0/, url);
    }
  });
});

/** An answer as it is on the wire. */
function rawGet(url, headers) {
  return new Promise((resolve, reject) => {
    const outgoing = rawRequest(url, {headers: {Authorization: `Bearer ${token}`, ...headers}}, async (response) => {
      resolve({headers: response.headers, body: Buffer.concat(await response.toArray())});
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
