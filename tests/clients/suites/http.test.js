// What every answer has in common: spellings of paths, methods, bodies, and errors in the shape of the contract.
import {suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {query, vectorTableSource} from '@carto/api-client';
import {tileUrl} from '../lib/layer.js';
import {apiPath, baseUrl, clientOptions, connection, queryString, rawRequest, request, token} from '../lib/platform.js';

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

suite('http', () => {
  for (const prefix of ['/api', '/', '/api/', '/api/api']) {
    test(`A base URL that ends in ${prefix} reaches the same API`, async () => {
      const options = clientOptions({apiBaseUrl: `${baseUrl}${prefix}`});
      assert.deepEqual((await query({...options, sqlQuery: 'SELECT 1 AS v'})).rows, [{v: 1}]);
      const tilejson = await vectorTableSource({...options, tableName: 'demo.airports'});
      assert.equal((await request(tileUrl(tilejson, {z: 0, x: 0, y: 0}))).status, 200);
    });
  }

  test('Every answer forbids guessing at its type, once', async () => {
    const paths = [airports, airports, one, one, `${one}&format=csv`, '/config.yaml', '/demo/config.json', '/', '/sign-in', '/v3/nowhere', '/health', `${apiPath('maps', 'table')}/0/0/0?name=demo.airports`];
    for (const path of paths) assert.equal((await request(path)).headers.get('x-content-type-options'), 'nosniff', path);
  });

  test('Doubled slashes in a path count as one', async () => {
    assert.equal((await request(`${baseUrl}//v3//sql/${connection}//query?q=SELECT+1`)).status, 200);
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
    ['GET', '/v3/imports'], ['POST', '/v3/imports'], ['GET', '/v3/imports/x'], ['GET', '/v3/lds/geocoding/geocode'], ['GET', '/v3/lds/isolines']
  ]) {
    test(`${method} ${path.split('?')[0]} is not built yet, and says so with 501`, async () => assertError(await request(path, {method}), 501));
  }
});

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
