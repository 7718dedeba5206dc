// What a browser needs before and with every answer (section 1.6).
import {suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {apiPath, baseUrl, queryString, request} from '../lib/platform.js';
import {airportTiles} from '../lib/tiles.js';

const origin = 'https://app.example.org';
const airports = `${apiPath('maps', 'table')}?name=demo.airports`;
const one = `${apiPath('sql', 'query')}?${queryString({q: 'SELECT 1 AS v'})}`;

suite('cors', () => {
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
    const {empty, full} = await airportTiles();
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
    for (const [headers, body] of [[{'Content-Type': 'text/plain'}, 'x'], [{'Content-Type': 'application/json', 'Content-Encoding': 'gzip'}, '{}']]) {
      const unread = await request(apiPath('sql', 'query'), {method: 'POST', headers: {Origin: origin, ...headers}, body});
      assert.equal(unread.status, 415);
      assert.ok(['*', origin].includes(unread.headers.get('access-control-allow-origin')), JSON.stringify(headers));
    }
    const refused = await fetch(new URL(one, baseUrl), {headers: {Origin: origin}});
    assert.equal(refused.status, 401);
    assert.ok(['*', origin].includes(refused.headers.get('access-control-allow-origin')));
  });
});
