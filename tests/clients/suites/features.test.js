// A few tiles of each sample table in detail: attributes, positions, outlines and identities equal the table's.
import {suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {vectorQuerySource, vectorTableSource} from '@carto/api-client';
import {columnsOf, tables} from '../lib/demo.js';
import {assertAttributes} from '../lib/expectations.js';
import {tileAt} from '../lib/mercator.js';
import {clientOptions} from '../lib/platform.js';
import {formats, loadFeatures} from '../lib/tiles.js';
import {attributesOf, compareOutlines, positionsOf} from '../lib/truth.js';
import {toWkt} from '../lib/wkt.js';

/** In cells: snapping moves an outline by 0.7 at most, simplification by half of one. */
const AREA_TOLERANCE = 1.2;

const sources = {
  table: (table) => vectorTableSource(clientOptions({tableName: table.name})),
  query: (table) => vectorQuerySource(clientOptions({sqlQuery: `SELECT * FROM ${table.name}`}))
};

suite('features', () => {
  for (const table of tables) {
    for (const [endpoint, source] of Object.entries(sources)) {
      for (const {z, at} of table.detail) {
        const tile = tileAt(at, z);
        for (const format of formats) {
          test(`${endpoint} ${table.name} ${format} ${z}/${tile.x}/${tile.y}: features equal their rows`, async () => {
            const tilejson = await source(table);
            const features = await loadFeatures(tilejson, tile, {format});
            assert.ok(features.length >= 5, `only ${features.length} features to look at`);
            await assertRows(table, features, format === 'mvt' ? tilejson.vector_layers[0].id : null);
            await assertGeometries(table, tile, features);
            assertIdentities(features);
          });
        }
      }
    }
  }
});

async function assertRows(table, features, layerName) {
  const columns = (await columnsOf(table.name)).filter((column) => column.database !== 'geometry');
  const keys = features.map((feature) => feature.properties[table.key]);
  const rows = await attributesOf(table, keys, columns);
  for (const {properties} of features) {
    const {layerName: layer = null, ...attributes} = properties;
    assert.equal(layer, layerName, 'the layer in a tile is the one of TileJSON');
    assertAttributes(attributes, rows.get(properties[table.key]), columns, layerName !== null);
  }
}

async function assertGeometries(table, tile, features) {
  if (table.kind === 'point') return assertPositions(table, tile, features);
  const drawn = features.map((feature) => ({key: feature.properties[table.key], wkt: toWkt(feature)}));
  const compared = await compareOutlines(table, tile, drawn);
  assert.equal(compared.length, features.length);
  const wrong = compared.filter((item) => (item.validity ?? 'Valid Geometry') !== 'Valid Geometry' || item.difference > AREA_TOLERANCE || item.strays || item.misses);
  assert.deepEqual(wrong, [], `${wrong.length} of ${compared.length} outlines are off`);
}

async function assertPositions(table, tile, features) {
  const positions = await positionsOf(table, tile, features.map((feature) => feature.properties[table.key]));
  for (const {properties, parts} of features) {
    assert.equal(parts.length, 1);
    const [x, y] = positions.get(properties[table.key]);
    assert.ok(Math.abs(parts[0][0] - x) <= 1 && Math.abs(parts[0][1] - y) <= 1, `row ${properties[table.key]} is at ${parts[0]}, not ${[x, y]}`);
  }
}

/** Global ids tell the features of a tile apart. Ids tell them apart everywhere; they may be left out, all of them. */
function assertIdentities(features) {
  assert.equal(new Set(features.map((feature) => feature.globalId)).size, features.length);
  const ids = features.map((feature) => feature.id);
  if (ids.every((id) => id === undefined)) return;
  assert.ok(ids.every((id) => Number.isSafeInteger(id) && id > 0), `ids are ${ids.slice(0, 5)}`);
  assert.equal(new Set(ids).size, features.length, 'two features have the same id');
}
