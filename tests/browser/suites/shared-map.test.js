// A map of the workspace on the screen: fetchMap() with @deck.gl/carto, against the rows that the samples are shipped with.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { baseUrl, useBrowser } from '../lib/browser.js';
import { alone, isNear, screenshot } from '../lib/pixels.js';
import { positions, sample } from '../lib/samples.js';
import { drawn, prepareViewer, viewerOf } from '../lib/viewer.js';

const COLORS = { large_airport: [217, 30, 24], medium_airport: [31, 119, 180] };
const WHITE = [255, 255, 255];

const open = useBrowser();
const made = [];

after(() => Promise.all(made.map(id => ask('DELETE', `/v3/maps/${id}`))));

test('Public_map_shows_its_rows_in_the_colours_of_its_makers', async t => {
  const map = await createMap({ privacy: 'public' });
  const { page } = await open(t, viewerOf({ id: map.id }), { prepare: prepareViewer, wait: false });
  await drawn(page);

  const colorAt = await screenshot(page);
  if (process.env.CARTO_SCREENSHOT) await page.screenshot({ path: process.env.CARTO_SCREENSHOT });
  const airports = sample('airports').map(row => ({ type: row.type, position: positions(row.geom)[0] }));
  const points = await page.evaluate(all => all.map(position => window.viewer.project(position)), airports.map(({ position }) => position));
  const seen = alone(airports.map((airport, index) => ({ ...airport, point: points[index] })), 12)
    .filter(({ point: [x, y], type }) => COLORS[type] && x > 10 && x < 990 && y > 10 && y < 670);
  assert.ok(seen.length >= 60, `only ${seen.length} airports are in the view`);
  const wrong = seen.filter(({ type, point }) => !isNear(colorAt(point), COLORS[type], 12));
  assert.ok(wrong.length <= seen.length * 0.05, `${wrong.length} of ${seen.length} have another colour, ${JSON.stringify(wrong.slice(0, 3))}`);
  assert.ok(isNear(colorAt([5, 5]), WHITE), 'the ground is not empty');
});

test('Private_map_is_not_shown_to_everybody', async t => {
  const map = await createMap({});
  const { page } = await open(t, viewerOf({ id: map.id }), { prepare: prepareViewer, wait: false });

  await page.waitForFunction(() => window.viewer?.error);
  assert.match(await page.evaluate(() => window.viewer.error), /Token not defined/);
});

test('Labels_of_a_map_stand_at_their_places_and_nowhere_else', async t => {
  const names = ['London', 'Madrid', 'Rome', 'Stockholm', 'Algiers'];
  const map = await createMap({
    privacy: 'public', zoom: 3.4, source: `SELECT name, geom FROM demo.populated_places WHERE population > 1500000 AND name IN (${names.map(name => `'${name}'`).join()})`,
    textLabel: [{ field: { name: 'name', type: 'string' }, color: [0, 0, 0], outlineColor: [255, 255, 255], size: 18, alignment: 'center', anchor: 'middle', offset: [0, 0] }],
  });
  const { page } = await open(t, viewerOf({ id: map.id }), { prepare: prepareViewer, wait: false });
  await drawn(page);

  const colorAt = await screenshot(page);
  const rows = sample('populated_places').filter(row => names.includes(row.name) && Number(row.population) > 1_500_000);
  const points = await page.evaluate(all => all.map(position => window.viewer.project(position)), rows.map(row => positions(row.geom)[0]));
  const dark = Array.from({ length: 1000 * 680 }, (_, i) => [i % 1000, Math.floor(i / 1000)]).filter(place => colorAt(place).every(channel => channel < 128));
  let found = 0;
  for (const [index, { name }] of rows.entries()) {
    const [x, y] = points[index];
    const text = dark.filter(([px, py]) => Math.abs(px - x) < 8 * name.length && Math.abs(py - y) < 14).map(([px]) => px - x);
    const [left, right] = [Math.min(...text), Math.max(...text)];
    assert.ok(right - left > 8 * name.length && right - left < 14 * name.length, `${name} reaches from ${left} to ${right}`);
    assert.ok(Math.abs(left + right) < 12, `${name} is not in the middle of its place: ${left} to ${right}`);
    found += text.length;
  }
  assert.equal(rows.length, names.length);
  assert.equal(dark.length, found, 'there is text elsewhere');
});

async function createMap({ source, zoom = 5.2, textLabel, ...more }) {
  const dataset = source ? { type: 'query', source, columns: ['name'] } : { type: 'table', source: 'demo.airports', columns: ['type'] };
  const map = await ask('POST', '/v3/maps', {
    title: 'Airports',
    datasets: [{ id: 'd1', ...dataset, connectionName: process.env.CARTO_CONNECTION, geoColumn: 'geom' }],
    keplerMapConfig: {
      version: 'v1',
      config: {
        mapState: { latitude: 47, longitude: 10, zoom, pitch: 0, bearing: 0 },
        mapStyle: { styleType: 'positron' },
        visState: {
          layers: [{
            id: 'l1', type: 'tileset',
            config: {
              dataId: 'd1', label: 'Airports', color: [0, 0, 0], isVisible: true, textLabel,
              visConfig: {
                filled: true, stroked: false, opacity: 1, radius: 5,
                colorRange: { type: 'custom', colors: ['#d91e18', '#1f77b4'], colorMap: [['large_airport', '#d91e18'], ['medium_airport', '#1f77b4']] },
              },
            },
            visualChannels: source ? {} : { colorField: { name: 'type', type: 'string' }, colorScale: 'ordinal' },
          }],
        },
      },
    },
    ...more,
  });
  made.push(map.id);
  return map;
}

async function ask(method, path, body) {
  const response = await fetch(baseUrl + path, {
    method,
    headers: { Authorization: `Bearer ${process.env.CARTO_TOKEN}`, 'Content-Type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  assert.ok(response.ok, `${method} ${path}: ${response.status}`);
  return response.status === 204 ? null : response.json();
}
