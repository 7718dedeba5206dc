// What every answer has in common: shape of errors, CORS, methods, spellings of paths, conditional requests.
import {suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {request as rawRequest} from 'node:http';
import {gunzipSync} from 'node:zlib';
import {query, vectorTableSource} from '@carto/api-client';
import {tileUrl} from '../lib/layer.js';
import {apiPath, baseUrl, clientOptions, connection, queryString, request, token} from '../lib/platform.js';

const origin = 'https://app.example.org';
const airports = `${apiPath('maps', 'table')}?name=demo.airports`;
const one = `${apiPath('sql', 'query')}?${queryString({q: 'SELECT 1 AS v'})}`;

async function assertError(response, status) {
  assert.equal(response.status, status);
  assert.match(response.headers.get('content-type'), /^application\/json/);
  const body = await response.json();
  assert.equal(typeof body.error, 'string');
  assert.ok(body.error.length > 0);
}

/** A tile in the middle of the ocean, and one that is not. */
async function tiles() {
  const tilejson = await vectorTableSource(clientOptions({tableName: 'demo.airports'}));
  return {empty: tileUrl(tilejson, {z: 12, x: 300, y: 2300}), full: tileUrl(tilejson, {z: 0, x: 0, y: 0})};
}

suite('http', () => {
  for (const path of [airports, one, '/v3/maps/x/query', '/v3/nowhere']) {
    test(`A browser may ask for ${path.split('?')[0]}: the preflight needs no token`, async () => {
      for (const method of ['GET', 'POST']) {
        const response = await fetch(new URL(path, baseUrl), {
          method: 'OPTIONS',
          headers: {
            Origin: origin,
            'Access-Control-Request-Method': method,
            'Access-Control-Request-Headers': 'accept,authorization,cache-control,content-type,if-modified-since'
          }
        });
        assert.ok([200, 204].includes(response.status), `${response.status}`);
        assert.ok(['*', origin].includes(response.headers.get('access-control-allow-origin')));
        assert.match(response.headers.get('access-control-allow-methods'), new RegExp(`\\*|${method}`));
        const allowed = response.headers.get('access-control-allow-headers').toLowerCase();
        for (const header of ['accept', 'authorization', 'cache-control', 'content-type', 'if-modified-since']) assert.ok(allowed.includes(header), header);
        assert.ok(Number(response.headers.get('access-control-max-age')) >= 600);
      }
    });
  }

  test('Every answer carries CORS headers: success, empty tile and errors', async () => {
    const {empty, full} = await tiles();
    const asked = {
      [one]: 200,
      [full]: 200,
      [empty]: 204,
      [`${apiPath('sql', 'query')}?q=SELEC`]: 400,
      [`${apiPath('maps', 'table')}?name=demo.nowhere`]: 404,
      '/v3/nowhere': 404,
      '/nowhere': 404,
      '/v3/imports': 501
    };
    for (const [path, status] of Object.entries(asked)) {
      const response = await request(path, {headers: {Origin: origin}});
      assert.equal(response.status, status, path);
      assert.ok(['*', origin].includes(response.headers.get('access-control-allow-origin')), path);
    }
    const refused = await fetch(new URL(one, baseUrl), {headers: {Origin: origin}});
    assert.equal(refused.status, 401);
    assert.ok(['*', origin].includes(refused.headers.get('access-control-allow-origin')));
  });

  for (const prefix of ['/api', '/', '/api/', '/api/api']) {
    test(`A base URL that ends in ${prefix} reaches the same API`, async () => {
      const options = clientOptions({apiBaseUrl: `${baseUrl}${prefix}`});
      assert.deepEqual((await query({...options, sqlQuery: 'SELECT 1 AS v'})).rows, [{v: 1}]);
      const tilejson = await vectorTableSource({...options, tableName: 'demo.airports'});
      assert.equal((await request(tileUrl(tilejson, {z: 0, x: 0, y: 0}))).status, 200);
    });
  }

  test('Doubled slashes in a path count as one', async () => {
    assert.equal((await request(`${baseUrl}//v3//sql/${connection}//query?q=SELECT+1`)).status, 200);
  });

  test('HEAD of a tile answers like GET, without the body', async () => {
    const {full, empty} = await tiles();
    const [get, head] = [await request(full), await request(full, {method: 'HEAD'})];
    assert.equal(head.status, 200);
    assert.equal((await head.arrayBuffer()).byteLength, 0);
    for (const header of ['content-type', 'etag']) assert.equal(head.headers.get(header), get.headers.get(header));
    assert.equal((await request(empty, {method: 'HEAD'})).status, 204);
  });

  test('A tile that the caller has is 304, with an ETag and without a body', async () => {
    const {full} = await tiles();
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
    const {full} = await tiles();
    const [first, second] = [await request(full), await request(full)];
    assert.equal(first.headers.get('etag'), second.headers.get('etag'));
    assert.deepEqual(Buffer.from(await first.arrayBuffer()), Buffer.from(await second.arrayBuffer()));
  });

  test('A tile comes compressed to those who can read it, and plain to the others', async () => {
    const {full} = await tiles();
    const [plain, packed] = await Promise.all(['identity', 'gzip'].map((coding) => rawGet(full, {'Accept-Encoding': coding})));
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.equal(packed.headers['content-encoding'], 'gzip');
    assert.deepEqual(gunzipSync(packed.body), plain.body);
    assert.match(packed.headers.vary, /accept-encoding/i);
  });

  test('Until there is a cache, the answers say that they went past it', async () => {
    const {full, empty} = await tiles();
    for (const url of [full, empty, one, airports]) assert.equal((await request(url)).headers.get('x-cache'), 'BYPASS', url);
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
    const {full} = await tiles();
    for (const url of [full, one, airports]) {
      const control = (await request(url)).headers.get('cache-control');
      assert.match(control, /no-cache|no-store|immutable|max-age=0/, url);
    }
  });

  test('Unknown paths are 404 in the shape of the contract', async () => {
    for (const path of ['/v3', '/v3/', '/v3/nowhere', `/v3/maps/${connection}`, `/v3/maps/${connection}/nowhere`, `/v3/sql/${connection}`, '/v2/x', '/api/v3/x/y/z']) {
      await assertError(await request(path), 404);
    }
  });

  test('Methods that a path does not have are 405 in the shape of the contract', async () => {
    for (const method of ['DELETE', 'PUT', 'PATCH']) {
      for (const path of [airports, one]) await assertError(await request(path, {method}), 405);
    }
  });

  test('A body over the limit is 413 in the shape of the contract', async () => {
    const {status, headers, body} = await announceBody(apiPath('sql', 'query'), 1_000_000_000);
    assert.equal(status, 413);
    assert.ok(['*', origin].includes(headers['access-control-allow-origin']));
    assert.equal(typeof JSON.parse(body).error, 'string');
  });

  test('Bodies that are no request are 400', async () => {
    const bodies = ['', '{', '[]', '"q"', 'null', '{"q": 1}', '{"q": {"a": 1}}', '{"queryParameters": []}', `{"q": "SELECT 1", "queryParameters": "x"}`];
    for (const body of bodies) {
      const response = await request(apiPath('sql', 'query'), {method: 'POST', headers: {'Content-Type': 'application/json'}, body});
      await assertError(response, 400);
    }
  });

  test('Forms that cannot be read are refused, and no mistake of the server', async () => {
    const forms = {
      'multipart/form-data': 'x',
      'multipart/form-data; boundary=b': '--b\r\nContent-Disposition: form-data; name="q"\r\n\r\nbroken off',
      'application/x-www-form-urlencoded': 'k'.repeat(5000),
      'text/plain': 'SELECT 1',
      'application/json; charset=utf-16': '{"q": "SELECT 1"}'
    };
    for (const path of [apiPath('sql', 'query'), apiPath('maps', 'table'), apiPath('maps', 'query')]) {
      for (const [type, body] of Object.entries(forms)) {
        const response = await request(path, {method: 'POST', headers: {'Content-Type': type}, body});
        assert.ok([400, 413, 415].includes(response.status), `${path} ${type}: ${response.status}`);
        await assertError(response, response.status);
      }
    }
  });

  test('Parameters that are missing or malformed are 400', async () => {
    for (const path of [
      apiPath('sql', 'query'),
      `${apiPath('sql', 'query')}?q=`,
      `${apiPath('sql', 'query')}?q=SELECT+1&queryParameters={`,
      apiPath('maps', 'table'),
      `${airports}&filters={`,
      `${airports}&filters=[]`,
      `${airports}&tileResolution=abc`,
      `${airports}&geo_column=geom`,
      apiPath('maps', 'query')
    ]) await assertError(await request(path), 400);
  });

  test('Parameters that nobody knows are ignored', async () => {
    assert.equal((await request(`${airports}&tag-mapId=x&whatever=%00%7B&v=3.9`)).status, 200);
  });

  for (const [method, path] of [
    ['GET', '/v3/imports'], ['POST', '/v3/imports'], ['GET', '/v3/imports/x'], ['GET', '/v3/lds/geocoding/geocode'], ['GET', '/v3/lds/isolines'],
    ['GET', '/v3/tokens'], ['POST', '/v3/tokens'], ['DELETE', '/v3/tokens/x'], ['GET', '/v3/named-sources'], ['GET', '/v3/users/me'],
    ['GET', apiPath('maps', 'tileset?name=demo.x')], ['GET', apiPath('maps', 'raster?name=demo.x')], ['GET', apiPath('maps', 'boundary?tilesetTableName=x')],
    ['GET', apiPath('maps', 'table?name=demo.airports&spatialDataType=h3&aggregationExp=count(*)')],
    ['GET', apiPath('maps', 'table?name=demo.airports&aggregationExp=count(*)')],
    ['GET', '/v3/maps/public/0000'],
    ['POST', apiPath('sql', 'job')], ['GET', '/v3/sql/jobs'], ['GET', apiPath('sql', 'model/category?type=table&source=demo.airports')],
    ['GET', apiPath('stats', 'demo.airports/elevation_ft')]
  ]) {
    test(`${method} ${path.split('?')[0]} is not built yet, and says so with 501`, async () => assertError(await request(path, {method}), 501));
  }
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

/** The start of a request with a body of that size: the answer must come without waiting for the rest. */
function announceBody(path, size) {
  const {hostname, port} = new URL(baseUrl);
  const headers = {Authorization: `Bearer ${token}`, Origin: origin, 'Content-Type': 'application/json', 'Content-Length': size};
  return new Promise((resolve, reject) => {
    const outgoing = rawRequest({hostname, port, path, method: 'POST', headers}, async (response) => {
      const chunks = await response.toArray();
      outgoing.destroy();
      resolve({status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString()});
    });
    outgoing.on('error', reject);
    outgoing.write('{"q":"');
  });
}
