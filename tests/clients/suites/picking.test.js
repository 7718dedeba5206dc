// What a click does: the ids of features in a tile, given to getFeatures, find the rows that were drawn there, and no others.
import {suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {vectorQuerySource, vectorTableSource} from '@carto/api-client';
import {tables} from '../lib/demo.js';
import {tileAt} from '../lib/mercator.js';
import {clientOptions} from '../lib/platform.js';
import {formats, loadFeatures, rowsBehind} from '../lib/tiles.js';

const ID = '_carto_feature_id';
const MOST_IDS = 50;

const sources = {
  table: (table, options) => vectorTableSource(clientOptions({tableName: table.name, ...options})),
  query: (table, options) => vectorQuerySource(clientOptions({sqlQuery: `SELECT * FROM ${table.name}`, ...options}))
};

suite('picking', () => {
  for (const table of tables) {
    const [{z, at}] = table.detail;
    const tile = tileAt(at, z);
    for (const [kind, source] of Object.entries(sources)) {
      for (const tileResolution of [0.25, 0.5, 4]) {
        test(`${kind} ${table.name} at ${tileResolution}: features of a tile are found by their ids`, async () => {
          const tilejson = await source(table, {columns: [table.key, ID], tileResolution});
          const [binary, mvt] = await Promise.all(formats.map((format) => loadFeatures(tilejson, tile, {format, tileResolution})));
          assert.deepEqual(idsByKey(mvt, table), idsByKey(binary, table), 'ids do not depend on the format');
          await assertPicked(tilejson.widgetSource, table, binary, {z, tileResolution});
        });
      }
    }

    test(`${table.name}: tiles that are not asked for ids have none`, async () => {
      const features = await loadFeatures(await sources.table(table), tile);
      assert.ok(features.length > 0 && features.every(({properties}) => !(ID in properties)));
    });
  }
});

async function assertPicked(widgetSource, table, features, {z, tileResolution}) {
  const ids = [...new Set(features.map(({properties}) => properties[ID]))].slice(0, MOST_IDS);
  assert.ok(ids.length >= 3 && ids.every((id) => typeof id === 'string' && id.length > 0), `ids are ${ids.slice(0, 5)}`);
  const dataType = `${table.kind}s`;
  const {rows, metadata} = await widgetSource.getFeatures({columns: [ID, table.key], dataType, featureIds: ids, z, tileResolution, limit: rowsOf(table, features)});

  const drawn = features.filter(({properties}) => ids.includes(properties[ID]));
  // A point stands for all rows of its cell, which are picked with it.
  const found = idsByKey(rows.map((properties) => ({properties})), table);
  if (table.kind === 'point') assert.ok(idsByKey(drawn, table).every((pair) => found.includes(pair)) && rows.every((row) => ids.includes(row[ID])));
  else assert.deepEqual(found, idsByKey(drawn, table));
  const count = rowsOf(table, drawn);
  assert.equal(found.length, count);
  assert.equal(metadata.total, count);
  assert.deepEqual(await widgetSource.getFormula({operation: 'count', featureIds: ids, geometryType: dataType}), {value: count});
}

const rowsOf = (table, features) => table.kind === 'point' ? rowsBehind(features) : features.length;

/** Pairs of key and id, sorted. */
function idsByKey(features, table) {
  return features.map(({properties}) => `${properties[table.key]} ${properties[ID]}`).sort();
}
