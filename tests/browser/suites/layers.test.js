// The layers of @deck.gl/carto on tiles of this platform, really drawn.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useBrowser } from '../lib/browser.js';
import { drawLayer } from '../lib/layers.js';
import { positions, sample } from '../lib/samples.js';

const open = useBrowser();
const WORLD = { longitude: 0, latitude: 25, zoom: 1.2 };
const aggregationExp = 'count(*) AS n_count';
const PACIFIC = [-118, 34 - 60];

const draw = (t, what) => drawLayer(t, open.browser(), what);
const airports = sample('airports').map(row => positions(row.geom)[0]).filter(([, latitude]) => Math.abs(latitude) < 60);

for (const scheme of ['quadbin', 'h3']) {
  test(`Cells_of_${scheme}_cover_the_points_that_they_are_made_of`, async t => {
    const map = await draw(t, {
      name: scheme, source: `${scheme}TableSource`, layer: 'cells', view: WORLD,
      options: { tableName: 'demo.airports', spatialDataColumn: 'geom', aggregationExp, aggregationResLevel: scheme === 'h3' ? 2 : 6 },
    });
    assert.equal(map.told.scheme, scheme);
    const colors = (await Promise.all(airports.filter((_, i) => i % 40 === 0).map(place => map.at(place)))).filter(Boolean);
    assert.ok(colors.length > 30);
    const red = colors.filter(([r, g, b]) => r > 150 && g < 60 && b < 60);
    assert.ok(red.length > 0.95 * colors.length, `${red.length} of ${colors.length} airports are in a cell`);
    assert.deepEqual(await map.at(PACIFIC), [0, 0, 0]);
    assert.ok((await map.pick(airports.find(([x, y]) => x > 2 && x < 3 && y > 48 && y < 50))).n_count > 0);
    assert.deepEqual(map.errors, []);
  });
}

test('Heat_is_where_the_points_are', async t => {
  const map = await draw(t, {
    name: 'heatmap', source: 'quadbinTableSource', layer: 'heatmap', view: WORLD,
    options: { tableName: 'demo.airports', spatialDataColumn: 'geom', aggregationExp, aggregationResLevel: 6 },
  });
  const light = async place => (await map.at(place)).reduce((sum, channel) => sum + channel);
  assert.ok(await light([8, 50]) > await light(PACIFIC) + 50, 'Europe glows, the Pacific does not');
  assert.deepEqual(map.errors, []);
});

test('Clusters_are_drawn_where_there_are_points_and_nowhere_else', async t => {
  const map = await draw(t, {
    name: 'clusters', source: 'quadbinTableSource', layer: 'clusters', view: WORLD,
    options: { tableName: 'demo.airports', spatialDataColumn: 'geom', aggregationExp, aggregationResLevel: 6 },
  });
  const painted = map.painted();
  assert.ok(painted > 0.005 && painted < 0.5, `${painted} of the page are painted`);
  assert.deepEqual(await map.at(PACIFIC), [0, 0, 0]);
  assert.deepEqual(map.errors, []);
});

test('Tracks_are_drawn_where_they_went', async t => {
  // Two that circle around a place, a third of a degree apart.
  const sqlQuery = `SELECT 'track ' || v AS track, timestamptz '2024-05-01Z' + i * interval '1 minute' AS at,
    ST_Point(10 + (2 + v) * cos(radians(i * 6)), 45 + (2 + v) * sin(radians(i * 6)) / 1.41, 4326) AS geom FROM generate_series(0, 1) AS v, generate_series(0, 59) AS i`;
  const map = await draw(t, {
    name: 'tracks', source: 'trajectoryQuerySource', layer: 'points', view: { longitude: 10, latitude: 45, zoom: 5.5 },
    options: { sqlQuery, trajectoryIdColumn: 'track', timestampColumn: 'at' },
  });
  assert.equal(Date.parse(map.told.timestampRange.max) - Date.parse(map.told.timestampRange.min), 59 * 60_000);
  for (const [v, i] of [0, 1].flatMap(v => [0, 7, 21, 44].map(i => [v, i]))) {
    const angle = i * 6 * Math.PI / 180;
    const place = [10 + (2 + v) * Math.cos(angle), 45 + (2 + v) * Math.sin(angle) / 1.41];
    const [r, g, b] = await map.at(place);
    assert.ok(g > 200 && r < 60 && b < 60, `track ${v} at ${i} minutes is ${[r, g, b]}`);
    const { track, at } = await map.pick(place);
    assert.deepEqual([track, Date.parse(at)], [`track ${v}`, Date.parse('2024-05-01Z') + i * 60_000]);
  }
  assert.deepEqual(await map.at([10, 45]), [0, 0, 0]);
  assert.deepEqual(map.errors, []);
});

test('Aggregated_points_carry_their_aliases', async t => {
  const map = await draw(t, {
    name: 'aggregated', source: 'vectorQuerySource', layer: 'points', view: { longitude: 10, latitude: 45, zoom: 5.5 },
    options: { sqlQuery: 'SELECT i AS n, ST_Point(8 + i % 3 * 2, 45, 4326) AS geom FROM generate_series(1, 9) AS i', aggregationExp: 'sum(n) AS N_Sum' },
  });
  assert.deepEqual([await map.pick([8, 45]), await map.pick([10, 45]), await map.pick([12, 45])].map(properties => properties.N_Sum), [18, 12, 15]);
  assert.deepEqual(map.errors, []);
});
