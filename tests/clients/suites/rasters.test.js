// Tables in the layout of CARTO's raster loader, read by rasterSource, its widgets and deck.gl's RasterTileLayer.
import {suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {gzipSync} from 'node:zlib';
import {rasterSource} from '@carto/api-client';
import {RasterTileLayer} from '@deck.gl/carto';
import {bigIntToHex, cellToTile, tileToCell} from 'quadbin';
import {apiPath, clientOptions, queryString, request} from '../lib/platform.js';
import {scratchSchema} from '../lib/scratch.js';
import {world} from '../lib/widgets.js';

const size = 4;
const block = tileToCell({z: 2, x: 1, y: 1});
const other = tileToCell({z: 2, x: 2, y: 1});
const heights = Int16Array.from({length: size * size}, (_, i) => (i === 5 ? -32768 : i * 100));
const classes = Uint8Array.from({length: size * size}, (_, i) => i % 3);

const band = (name, type, nodata, extra) => ({name, type, nodata, stats: {min: 0, max: 1500, mean: 700, stddev: 1, sum: 1, sum_squares: 1, count: 15}, ...extra});
const metadata = (compression) => ({
  bounds: [-90, 0, 90, 66.5], center: [0, 33, 2], width: 8, height: 4, block_width: size, block_height: size, num_blocks: 2, num_pixels: 32, pixel_resolution: 4, block_resolution: 2,
  minresolution: 1, maxresolution: 2, nodata: -32768, compression,
  bands: [band('height', 'int16', '-32768', {colorinterp: 'gray'}), band('class', 'uint8', 255, {colorinterp: 'palette', colortable: {0: [255, 0, 0, 255]}, valuelabels: {0: 'none'}})]
});
const hex = (values, pack) => `'\\x${Buffer.from(pack(Buffer.from(values.buffer))).toString('hex')}'::bytea`;
const table = (name, compression, pack) => `
  CREATE TABLE ${name} (block bigint PRIMARY KEY, metadata text, height bytea, class bytea);
  INSERT INTO ${name} VALUES (0, $j$${JSON.stringify(metadata(compression))}$j$, NULL, NULL), (${block}, NULL, ${hex(heights, pack)}, ${hex(classes, pack)}), (${other}, NULL, ${hex(heights, pack)}, NULL);`;

const schema = scratchSchema(() => `
  ${table('plain', null, (bytes) => bytes)}
  ${table('packed', 'gzip', gzipSync)}
  CREATE TABLE broken (block bigint, metadata text, height bytea);
  INSERT INTO broken VALUES (0, '{"block_width": 4, "block_height": 4, "maxresolution": 2, "bands": [{"name": "gone", "type": "int16"}]}', NULL);
`);

/** A tile as the layer would draw it; null for an empty one. */
async function loadBlock(tilejson, cell) {
  const layer = new RasterTileLayer({id: 'contract', data: tilejson, loadOptions: {worker: false}});
  layer.context = {resourceManager: {contains: () => false}, viewport: {}};
  layer.initializeState?.();
  const inner = layer.renderLayers();
  inner.context = layer.context;
  return inner.getTileData({index: {q: cell, i: bigIntToHex(cell)}, id: bigIntToHex(cell)});
}

suite('rasters', () => {
  for (const name of ['plain', 'packed']) {
    test(`A ${name} raster: metadata, and every pixel of every band`, async () => {
      const tilejson = await rasterSource(clientOptions({tableName: `${schema}.${name}`}));
      assert.deepEqual(tilejson.raster_bands, ['height', 'class']);
      assert.deepEqual([tilejson.minzoom, tilejson.maxzoom], [1, 2]);
      assert.deepEqual(tilejson.bounds, [-90, 0, 90, 66.5]);
      assert.equal(tilejson.tilestats, undefined);
      assert.equal(tilejson.raster_metadata.compression, name === 'packed' ? 'gzip' : null);
      assert.deepEqual(tilejson.raster_metadata.bands[1].valuelabels, {0: 'none'});
      assert.deepEqual(tilejson.schema, [{name: 'height', type: 'number'}, {name: 'class', type: 'number'}]);
      const tile = await loadBlock(tilejson, block);
      assert.equal(tile.blockSize, size);
      assert.deepEqual([...tile.cells.numericProps.height.value], [...heights]);
      assert.deepEqual([...tile.cells.numericProps.class.value], [...classes]);
      // A band that the block has not, is all without values.
      assert.deepEqual([...(await loadBlock(tilejson, other)).cells.numericProps.class.value], Array(size * size).fill(255));
    });
  }

  test('Widgets count the pixels that have a value', async () => {
    const tilejson = await rasterSource(clientOptions({tableName: `${schema}.plain`}));
    const data = await loadBlock(tilejson, block);
    const {z, x, y} = cellToTile(block);
    tilejson.widgetSource.loadTiles([{index: {q: block, i: bigIntToHex(block)}, id: `${x}-${y}-${z}`, isVisible: true, data, bbox: {}}]);
    assert.equal((await tilejson.widgetSource.getFormula({column: 'height', operation: 'max', spatialFilter: world})).value, 1500);
    const {value} = await tilejson.widgetSource.getFormula({column: 'height', operation: 'sum', spatialFilter: world});
    assert.equal(value, heights.reduce((sum, height) => sum + (height === -32768 ? 0 : height), 0));
  });

  test('A block that is not there is 204; single bands can be had; what is wrong is told', async () => {
    const ask = (path, parameters) => request(`${apiPath('maps', path)}?${queryString(parameters)}`);
    const name = `${schema}.plain`;
    assert.equal((await ask(`raster/${bigIntToHex(tileToCell({z: 2, x: 0, y: 0}))}`, {name})).status, 204);
    const [one, both] = await Promise.all([ask(`raster/${bigIntToHex(block)}`, {name, bands: 'class'}), ask(`raster/${bigIntToHex(block)}`, {name})]);
    assert.equal(one.headers.get('content-type'), 'application/vnd.carto-raster-tile');
    assert.ok((await one.arrayBuffer()).byteLength < (await both.arrayBuffer()).byteLength);
    assert.equal((await ask(`raster/${bigIntToHex(block)}`, {name, bands: 'nope'})).status, 400);
    assert.equal((await ask(`raster/${bigIntToHex(block)}`, {name, formatTiles: 'mvt'})).status, 400);
    assert.equal((await ask('raster/xyz', {name})).status, 404);
    assert.equal((await ask('raster/0', {name})).status, 404);
    for (const wrong of ['demo.airports', `${schema}.broken`]) {
      const response = await ask('raster', {name: wrong});
      assert.equal(response.status, 400);
      assert.match((await response.json()).error, /raster/);
    }
    assert.equal((await ask('raster', {name: `${schema}.missing`})).status, 404);
  });
});
