// Trajectory sources: points with a track and a time, and the range of times that a player needs.
import {suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {trajectoryQuerySource, trajectoryTableSource} from '@carto/api-client';
import {clientOptions} from '../lib/platform.js';
import {recording} from '../lib/recorder.js';
import {scratchSchema} from '../lib/scratch.js';
import {loadFeatures} from '../lib/tiles.js';

const TRACKS = 7;
const POINTS = 150;

// Ships around the world; one lies in harbour.
const schema = scratchSchema(() => `
CREATE TABLE ships AS SELECT 'ship ' || v AS ship, timestamptz '2024-05-01Z' + i * interval '7 minutes' AS at, i AS minute, v * 2.5 AS speed,
  ST_Point(CASE WHEN v = ${TRACKS} THEN 12.5 ELSE (i * v * 1.7)::numeric % 360 - 180 END, v * 8 - 30, 4326)::geometry(Point, 4326) AS geom
FROM generate_series(1, ${TRACKS}) AS v, generate_series(0, ${POINTS - 1}) AS i;`);

const options = (more) => clientOptions({trajectoryIdColumn: 'ship', timestampColumn: 'at', columns: ['speed'], ...more});
const sources = {
  table: (more) => trajectoryTableSource(options({tableName: `${schema}.ships`, ...more})),
  query: (more) => trajectoryQuerySource(options({sqlQuery: `SELECT * FROM ${schema}.ships WHERE speed < $1`, queryParameters: [1000], ...more}))
};

async function pointsOf(tilejson, zoom = 1) {
  const tiles = Array.from({length: 4 ** zoom}, (_, i) => ({z: zoom, x: i % 2 ** zoom, y: Math.floor(i / 2 ** zoom)}));
  return (await Promise.all(tiles.map((tile) => loadFeatures(tilejson, tile)))).flat();
}

suite('trajectories', () => {
  for (const [kind, source] of Object.entries(sources)) {
    test(`${kind}: the source makes three requests, and knows its times`, async () => {
      const {result, calls} = await recording(() => source());
      assert.equal(calls.length, 3);
      assert.match(calls[2].url, /\/model\/range/);
      const {min, max} = result.timestampRange;
      assert.equal(Date.parse(min), Date.parse('2024-05-01Z'));
      assert.equal(Date.parse(max), Date.parse('2024-05-01Z') + (POINTS - 1) * 7 * 60_000);
    });

    test(`${kind}: every point is in one tile, with its ship and its time`, async () => {
      const points = await pointsOf(await source());
      assert.equal(points.length, TRACKS * POINTS);
      const keys = new Set(points.map(({properties: {ship, at}}) => `${ship} ${Date.parse(at)}`));
      assert.equal(keys.size, TRACKS * POINTS);
      assert.ok(points.every(({kind: shape, properties: {speed, at}}) => shape === 'point' && speed > 0 && Date.parse(at) >= Date.parse('2024-05-01Z')));
    });
  }

  test('Times may be numbers', async () => {
    const tilejson = await sources.table({timestampColumn: 'minute'});
    assert.deepEqual(tilejson.timestampRange, {min: 0, max: POINTS - 1});
    const minutes = (await pointsOf(tilejson)).map(({properties}) => properties.minute);
    assert.equal(minutes.reduce((sum, minute) => sum + minute, 0), TRACKS * POINTS * (POINTS - 1) / 2);
  });

  test('Widgets and their spatial filters work on the points', async () => {
    const {widgetSource} = await sources.table();
    assert.deepEqual(await widgetSource.getFormula({operation: 'count', column: '*'}), {value: TRACKS * POINTS});
    const spatialFilter = {type: 'Polygon', coordinates: [[[12, 20], [13, 20], [13, 30], [12, 30], [12, 20]]]};
    const {value} = await widgetSource.getFormula({operation: 'count', column: '*', spatialFilter});
    assert.ok(value >= POINTS && value < POINTS + TRACKS * 3, `${value} points`);
  });

  test('A column that is not there is an error of the client', async () => {
    await assert.rejects(sources.table({trajectoryIdColumn: 'nowhere'}), /Column not found/);
    await assert.rejects(sources.table({timestampColumn: 'ship'}), /neither times nor numbers/);
  });
});
