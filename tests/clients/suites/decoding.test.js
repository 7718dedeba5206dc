// The yardstick itself: what the other suites take for granted about deck.gl's decoder and about their own helpers.
import {suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {createServer} from 'node:http';
import {featuresOf} from '../lib/features.js';
import {loadTile} from '../lib/layer.js';
import {cellsAt, project, tileAt, tilesOver} from '../lib/mercator.js';

// CARTO's binary format of one point (1, 2) with n = "a", v = 7 and id 1, as the hosted service would send it.
const golden = Buffer.from(
  '0a430a140a10000000000000f03f0000000000000040100212050a010010011a050a0100100122080a060a016e1201612a0f0a0176120a0a08' +
    '0000000000001c403202080112130a02100212050a010010011a021001220210011a1a0a02100212050a010010011a021001220210012a050a01001001',
  'hex'
);

async function withServer(answer, use) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    return await use({
      tilejson: '2.2.0',
      accessToken: 'secret',
      tiles: [`http://127.0.0.1:${server.address().port}/{z}/{x}/{y}?formatTiles=binary`]
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

suite('decoding', () => {
  test('The layer reads a golden tile, and asks for it with the token', async () => {
    let seen;
    const tile = await withServer(
      (request, response) => {
        seen = request;
        response.setHeader('Content-Type', 'application/vnd.carto-vector-tile').end(golden);
      },
      (tilejson) => loadTile(tilejson, {z: 3, x: 1, y: 2})
    );
    assert.equal(seen.url, '/3/1/2?formatTiles=binary');
    assert.equal(seen.headers.authorization, 'Bearer secret');
    assert.deepEqual(featuresOf(tile), [{kind: 'point', id: 1, globalId: 0, properties: {n: 'a', v: 7}, parts: [[1, 2]]}]);
  });

  test('The layer takes 204 for an empty tile and an error for an error', async () => {
    const empty = await withServer(
      (_, response) => response.writeHead(204).end(),
      (tilejson) => loadTile(tilejson, {z: 0, x: 0, y: 0})
    );
    assert.deepEqual(featuresOf(empty), []);
    await assert.rejects(
      withServer(
        (_, response) => response.writeHead(503, {'Content-Type': 'application/json'}).end('{"error":"busy"}'),
        (tilejson) => loadTile(tilejson, {z: 0, x: 0, y: 0})
      ),
      (error) => error.response.status === 503 && error.reason.error === 'busy'
    );
  });

  test('A group whose arrays disagree is refused', () => {
    const points = {
      positions: {value: [1, 2], size: 2},
      featureIds: {value: [0]},
      globalFeatureIds: {value: [0]},
      properties: [{}],
      numericProps: {v: {value: []}},
      fields: []
    };
    assert.throws(() => featuresOf({points}), /a value of v for each vertex/);
  });

  test('Tile arithmetic agrees with published values', () => {
    // Greenwich and the equator; the corner of the world; the tile of Null Island's north-east at zoom 10.
    assert.deepEqual(project([0, 0]).map(Math.round), [0, 0]);
    assert.deepEqual(project([180, 85.0511287798066]).map(Math.round), [20037508, 20037508]);
    assert.deepEqual(tileAt([-3.7038, 40.4168], 10), {z: 10, x: 501, y: 386});
    assert.deepEqual(cellsAt({z: 1, x: 1, y: 0}, [0, 0], 0.5).map(Math.round), [0, 512]);
    assert.equal(tilesOver([-180, -90, 180, 90], 2).length, 16);
  });
});
