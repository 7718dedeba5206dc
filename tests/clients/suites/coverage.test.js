// All tiles of a zoom over each sample table: every row is where it must be, and nowhere else.
import {suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {vectorTableSource} from '@carto/api-client';
import {tables} from '../lib/demo.js';
import {assertKeys} from '../lib/expectations.js';
import {loadTile, withFormat} from '../lib/layer.js';
import {featuresOf} from '../lib/features.js';
import {tilesOver} from '../lib/mercator.js';
import {clientOptions} from '../lib/platform.js';
import {eachOf, formats, rowsBehind} from '../lib/tiles.js';
import {outlinesByTile, pointsByTile} from '../lib/truth.js';

const nothing = {required: [], allowed: []};

async function expectedByTile(table, tiles) {
  if (table.kind !== 'point') return outlinesByTile(table, tiles);
  const points = await pointsByTile(table, tiles[0].z);
  return new Map([...points].map(([tile, keys]) => [tile, {required: [], allowed: keys}]));
}

suite('coverage', () => {
  for (const table of tables) {
    test(`${table.name}: each row is in the tiles that it touches, at zoom ${table.coverageZoom}`, async (t) => {
      const tiles = tilesOver(table.bounds, table.coverageZoom);
      const expected = await expectedByTile(table, tiles);
      const total = [...expected.values()].reduce((sum, {allowed}) => sum + allowed.length, 0);
      assert.ok(total > 100, `the yardstick has only ${total} rows`);
      const tilejson = await vectorTableSource(clientOptions({tableName: table.name, columns: [table.key]}));
      for (const format of formats) {
        await t.test(format, () => eachOf(tiles, async (tile) => {
          const features = featuresOf(await loadTile(withFormat(tilejson, format), tile));
          assert.ok(features.every((feature) => feature.kind === table.kind), `there are other things than ${table.kind}s`);
          const where = `${tile.z}/${tile.x}/${tile.y}`;
          const rows = expected.get(`${tile.x}/${tile.y}`) ?? nothing;
          assertKeys(features.map((feature) => feature.properties[table.key]), rows, where);
          if (table.kind === 'point') assert.equal(rowsBehind(features), rows.allowed.length, `${where}: each row counts`);
        }));
      }
    });
  }
});
