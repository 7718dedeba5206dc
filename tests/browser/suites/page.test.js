// The page as a whole: where it gets things from, what it says, and how it is used.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atRest, baseUrl, goTo, PATIENCE, useBrowser } from '../lib/browser.js';
import { positions, sample } from '../lib/samples.js';

const open = useBrowser();
const keys = ['populated_places', 'airports', 'countries', 'streets', 'buildings', 'places'];

test('Page_asks_no_other_host_and_logs_no_error', async t => {
  const { page, watch } = await open(t, '#airports');
  for (const key of keys.slice(1)) await choose(page, key);
  assert.deepEqual(watch.foreign, []);
  assert.deepEqual(watch.errors, []);
});

test('Tiles_are_decoded_by_workers_of_this_server', async t => {
  const { page, watch } = await open(t, '#airports');
  const workers = page.workers().map(worker => worker.url());
  assert.ok(workers.length > 0, 'a worker runs');
  assert.ok(workers.every(url => url.startsWith(`${baseUrl}/assets/`)), workers.join());
  assert.ok(watch.requests.some(url => /\/v3\/maps\/[^/]+\/table\/\d+\/\d+\/\d+\?/.test(url)), 'tiles were asked for');
});

test('Files_with_a_hash_are_kept_and_the_page_is_not', async () => {
  const page = await fetch(`${baseUrl}/`);
  assert.match(page.headers.get('cache-control'), /no-cache/);
  const html = await page.text();
  for (const [, name] of html.matchAll(/(?:src|href)="(assets\/[^"]+)"/g)) {
    const asset = await fetch(`${baseUrl}/${name}`);
    assert.equal(asset.status, 200);
    assert.match(asset.headers.get('cache-control'), /immutable/, name);
  }
});

test('Numbers_are_those_of_the_samples', async t => {
  const { page } = await open(t, '#airports/4/-20/-55');
  const [west, north] = await unproject(page, [0, 0]);
  const [east, south] = await unproject(page, await page.evaluate(() => [innerWidth, innerHeight]));
  const all = sample('airports');
  const inView = all.filter(row => {
    const [x, y] = positions(row.geom)[0];
    return x >= west && x <= east && y >= south && y <= north;
  });
  const texts = await page.locator('#numbers dd').allInnerTexts();
  const [rows, shown, served] = texts.map(text => Number(text.replace(/,/g, '')));
  assert.equal(rows, all.length);
  // A point at the very edge may fall to either side of it when the tile rounds it.
  assert.ok(Math.abs(shown - inView.length) <= 1, `${shown} shown, ${inView.length} in the file`);
  assert.ok(Math.abs(served - inView.filter(row => row.scheduled_service === 'true').length) <= 1);
});

test('Rows_that_others_stand_for_are_in_view', async t => {
  const { page } = await open(t, '#populated_places/2/20/40');
  const bounds = await page.evaluate(() => [innerWidth, innerHeight]);
  const [[west, north], [east, south]] = [await unproject(page, [0, 0]), await unproject(page, bounds)];
  const inView = sample('populated_places').filter(row => {
    const [x, y] = positions(row.geom)[0];
    return x >= west && x <= east && y >= south && y <= north;
  }).length;
  const [, shown, inhabitants] = await page.locator('#numbers dd').allInnerTexts();
  // At the edge of the view a point is in with all that it stands for, or out.
  assert.ok(Math.abs(Number(shown.replace(/,/g, '')) - inView) <= inView / 100, `${shown} shown, ${inView} in the file`);
  assert.match(await page.locator('#classes .hint').innerText(), /^of [\d,]+ drawn$/i);
  assert.match(inhabitants, /^≥ [\d.,]+[MB]$/);
  await goTo(page, '#airports/4/-20/-55');
  assert.match(await page.locator('#classes .hint').innerText(), /^in view$/i);
});

test('Chooser_works_with_the_keyboard', async t => {
  const { page } = await open(t, '#airports', { flights: true });
  await page.locator('#tables input:checked').focus();
  await page.keyboard.press('ArrowDown');
  await atRest(page, 'countries');
  assert.equal(await page.locator('#tables input:checked').inputValue(), 'countries');
  assert.match(page.url(), /#countries\//);
  await page.keyboard.press('ArrowDown');
  await atRest(page, 'streets');
  assert.ok(await page.evaluate(() => window.cartoPage.features) > 1000);
});

test('Map_moves_and_zooms_with_the_keyboard_and_the_buttons', async t => {
  const { page } = await open(t, '#airports/5/-30/-56');
  await page.focus('#map [tabindex]');
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction(() => Number(location.hash.split('/')[3]) > -56);
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await page.waitForFunction(() => location.hash.split('/')[1] === '6.00');
  await page.getByRole('button', { name: 'Show the whole table' }).click();
  await page.waitForFunction(() => Number(location.hash.split('/')[1]) < 3);
});

test('Address_keeps_table_and_view', async t => {
  const { page } = await open(t, '#streets/15.00/-34.90500/-56.18000');
  assert.match(page.url(), /#streets\/15\.00\/-34\.90500\/-56\.18000$/);
  await goTo(page, '#places/14.00/-34.91000/-56.15000');
  await page.reload();
  await atRest(page, 'places');
  assert.match(page.url(), /#places\/14\.00\/-34\.91000\/-56\.15000$/);
});

test('Address_of_nonsense_shows_the_first_table', async t => {
  const { page } = await open(t, '#<img src=x>/NaN/1e999/x');
  assert.equal(await page.evaluate(() => window.cartoPage.table), keys[0]);
  assert.equal(await page.locator('img').count(), 0);
});

test('Attribution_names_the_sources_of_what_is_drawn', async t => {
  const expected = {
    airports: /OurAirports/,
    populated_places: /GeoNames \(CC BY 4\.0\)/,
    streets: /OpenStreetMap contributors \(ODbL\)/,
  };
  const { page } = await open(t, '#airports');
  for (const [key, text] of Object.entries(expected)) {
    if (key !== 'airports') await choose(page, key);
    assert.match(await page.locator('#attribution').innerText(), text);
    assert.match(await page.locator('#attribution').innerText(), /Natural Earth/);
  }
});

test('Phone_shows_map_and_panel_without_scrolling_sideways', async t => {
  const { page } = await open(t, '#airports', { size: { width: 390, height: 844 } });
  const { wide, top } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth, top: document.getElementById('panel').getBoundingClientRect().top,
  }));
  assert.equal(wide, 390);
  assert.ok(top > 844 * 0.4, `the panel begins at ${top}`);
});

test('Platform_without_samples_says_how_to_load_data', async t => {
  const prepare = page => page.route('**/demo/config.json', route =>
    route.fulfill({ status: 404, json: { error: 'Not found' } }));
  const { page } = await open(t, '', { prepare, wait: false });
  await page.getByText('No sample data here').waitFor();
  assert.match(await page.locator('#details').innerText(), /\.\/carto load/);
});

test('Refused_token_shows_the_platform_s_own_words', async t => {
  const prepare = page => page.route('**/demo/config.json', route =>
    route.fulfill({ json: { accessToken: 'no-token-of-this-platform', connection: 'carto_dw' } }));
  const { page } = await open(t, '', { prepare, wait: false });
  const alert = page.getByRole('alert');
  await alert.waitFor();
  const refused = await fetch(`${baseUrl}/v3/maps/carto_dw/table?name=demo.airports`, {
    headers: { Authorization: 'Bearer no-token-of-this-platform' },
  });
  assert.ok((await alert.innerText()).includes((await refused.json()).error));
});

test('Tile_that_fails_is_said_and_can_be_tried_again', async t => {
  let broken = true;
  const prepare = page => page.route(/\/table\/\d+\/\d+\/\d+\?/, route => {
    const url = route.request().url();
    return route.continue({ url: broken ? url.replace(/formatTiles=\w+/, 'formatTiles=none') : url });
  });
  const { page } = await open(t, '#places', { prepare, wait: false });
  await page.getByRole('alert').waitFor();
  broken = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.waitForFunction(() => window.cartoPage.ready && window.cartoPage.features > 0, null, { timeout: PATIENCE });
  assert.ok(await page.getByRole('alert').isHidden());
});

async function choose(page, key) {
  await page.locator(`#tables input[value=${key}]`).check({ force: true });
  await atRest(page, key);
}

function unproject(page, point) {
  return page.evaluate(at => window.cartoPage.unproject(at), point);
}
