// Rasters, boundaries and tilesets as deck.gl draws them: colours at places whose values are known.
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {after, before, test} from 'node:test';
import {baseUrl, PATIENCE, useBrowser} from '../lib/browser.js';
import {isNear, screenshot} from '../lib/pixels.js';
import {serveScene} from '../lib/scene.js';

const open = useBrowser();
const schema = `drawing_${randomBytes(4).toString('hex')}`;
const options = (more) => ({apiBaseUrl: baseUrl, accessToken: process.env.CARTO_TOKEN, connectionName: process.env.CARTO_CONNECTION, ...more});

const RED = [200, 30, 30, 255], GREEN = [30, 160, 60, 255], BLUE = [30, 80, 220, 255];

function psql(sql) {
  const {status, stderr} = spawnSync('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', process.env.CARTO_POSTGRES], {input: sql, encoding: 'utf8'});
  assert.equal(status, 0, stderr);
}

async function tile(procedure, input, output, settings) {
  const ask = async (path, init) => (await fetch(`${baseUrl}/v3/sql/${process.env.CARTO_CONNECTION}/${path}`, {headers: {Authorization: `Bearer ${process.env.CARTO_TOKEN}`, 'Content-Type': 'application/json'}, ...init})).json();
  const {jobId} = await ask('job', {method: 'POST', body: JSON.stringify({query: `CALL carto.${procedure}('${input}', '${output}', $j$${JSON.stringify(settings)}$j$)`})});
  for (;;) {
    const job = await ask(`job/${jobId}`);
    if (job.status === 'success') return;
    assert.notEqual(job.status, 'failure', job.error);
    await new Promise((done) => setTimeout(done, 100));
  }
}

// Four blocks of zoom 1, each of 16 by 16 pixels of one value: 1 in the north-west, 4 in the south-east; the south-west has none.
const quadrant = {nw: '5193776270265024511', ne: '5194902170171867135', se: '5197153969985552383'};
const pixels = (value) => `'\\x${value.toString(16).padStart(2, '0').repeat(256)}'::bytea`;
const metadata = {
  bounds: [-180, -85, 180, 85], center: [0, 0, 1], width: 32, height: 32, block_width: 16, block_height: 16, num_blocks: 3, num_pixels: 1024, pixel_resolution: 5, block_resolution: 1,
  minresolution: 1, maxresolution: 1, nodata: 0, compression: null,
  bands: [{name: 'band_1', type: 'uint8', nodata: '0', colorinterp: 'gray', stats: {min: 1, max: 4, mean: 2, stddev: 1, sum: 1, sum_squares: 1, count: 768}}],
};

before(async () => {
  psql(`CREATE SCHEMA ${schema};
    CREATE TABLE ${schema}.raster (block bigint PRIMARY KEY, metadata text, band_1 bytea);
    INSERT INTO ${schema}.raster VALUES (0, $j$${JSON.stringify(metadata)}$j$, NULL), (${quadrant.nw}, NULL, ${pixels(1)}), (${quadrant.ne}, NULL, ${pixels(2)}), (${quadrant.se}, NULL, ${pixels(3)});
    CREATE TABLE ${schema}.boxes AS SELECT lpad(i::text, 2, '0') AS geoid, i AS value, ST_MakeEnvelope(i * 20 - 100, -40, i * 20 - 82, 40, 4326) AS geom FROM generate_series(0, 9) AS i;
    CREATE TABLE ${schema}.numbers AS SELECT geoid, value % 3 AS rest FROM ${schema}.boxes;`);
  await tile('CREATE_SIMPLE_TILESET', `${schema}.boxes`, `${schema}.box_tiles`, {zoom_max: 3});
}, {timeout: PATIENCE});
after(() => psql(`DROP SCHEMA IF EXISTS ${schema} CASCADE`));

/** Shows a scene and expects colours at places. */
async function expectScene(t, scene, places) {
  const {page, watch} = await open(t, '', {wait: false});
  await serveScene(page, baseUrl, 'finished-tiles');
  await page.evaluate((given) => window.show(given), {view: {longitude: 0, latitude: 0, zoom: 1}, ...scene});
  const colorAt = await screenshot(page);
  if (process.env.CARTO_SCREENSHOTS) await page.screenshot({path: `${process.env.CARTO_SCREENSHOTS}/${scene.kind}.png`});
  for (const [position, color] of places) {
    const point = await page.evaluate((place) => window.project(place), position);
    assert.ok(isNear(colorAt(point), color.slice(0, 3), 12), `${position} is ${colorAt(point)}, not ${color}`);
  }
  // A tile that fails is told by the layer; what else the browser asks for by itself does not matter.
  assert.deepEqual(watch.errors.filter((error) => !error.startsWith('Failed to load resource')), []);
}

test('A raster has the colour of each pixel, and none where there is no block', {timeout: 2 * PATIENCE}, (t) => expectScene(t, {
  kind: 'raster', options: options({tableName: `${schema}.raster`}), property: 'band_1', steps: [[1, RED], [2, GREEN], [3, BLUE]],
}, [[[-60, 40], RED], [[-20, 10], RED], [[60, 40], GREEN], [[20, 60], GREEN], [[60, -40], BLUE], [[-60, -40], [0, 0, 0]]]));

const boxes = Array.from({length: 9}, (_, i) => i).filter((i) => i > 1 && i < 8);

test('A tileset has the colour of each feature', {timeout: 2 * PATIENCE}, (t) => expectScene(t, {
  kind: 'vector', options: options({tableName: `${schema}.box_tiles`}), property: 'value', steps: [[0, RED], [4, GREEN], [6, BLUE]],
}, [...boxes.map((i) => [[i * 20 - 91, 10], i < 4 ? RED : i < 6 ? GREEN : BLUE]), [[-41, 60], [0, 0, 0]]]));

test('Boundaries have the colour of their row', {timeout: 2 * PATIENCE}, (t) => expectScene(t, {
  kind: 'boundary', options: options({tilesetTableName: `${schema}.box_tiles`, propertiesTableName: `${schema}.numbers`, columns: ['rest']}), property: 'rest', exact: true, steps: [[0, RED], [1, GREEN], [2, BLUE]],
}, boxes.map((i) => [[i * 20 - 91, -10], [RED, GREEN, BLUE][i % 3]])));
