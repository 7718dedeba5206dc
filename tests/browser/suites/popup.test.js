// What a click on the map tells.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useBrowser } from '../lib/browser.js';
import { insideOf, positions, sample } from '../lib/samples.js';

const open = useBrowser();
const MONTEVIDEO_AIRPORT = [-56.026497, -34.835647];

test('Click_on_an_airport_shows_its_attributes', async t => {
  const { page } = await open(t, '#airports/9/-34.9/-56.2');
  await click(page, MONTEVIDEO_AIRPORT);
  await page.getByRole('heading', { name: 'Carrasco General Cesáreo L. Berisso International Airport' }).waitFor();
  const row = sample('airports').find(airport => airport.ident === 'SUMU');
  const cells = await attributes(page);
  assert.equal(cells.iata_code, row.iata_code);
  assert.equal(cells.municipality, row.municipality);
  assert.equal(cells.elevation_ft, `${row.elevation_ft} ft`);
  assert.equal(cells.scheduled_service, 'Yes');
  assert.equal(cells.id, row.id);
  const link = page.locator('#popup a');
  assert.equal(await link.getAttribute('href'), row.wikipedia_link);
  assert.match(await link.getAttribute('rel'), /noopener/);
});

test('Click_on_a_building_shows_nulls_as_dashes_and_tags_folded', async t => {
  const row = sample('montevideo_buildings').find(building => building.name === 'Mercado del Puerto');
  const [longitude, latitude] = insideOf(positions(row.geom));
  const { page } = await open(t, `#buildings/17/${latitude}/${longitude}`);
  await click(page, [longitude, latitude]);
  await page.getByRole('heading', { name: 'Mercado del Puerto' }).waitFor();
  const cells = await attributes(page);
  assert.equal(cells.osm_id, row.osm_id);
  assert.equal(cells.building, row.building);
  assert.equal(cells.height, '–');
  assert.equal(cells.edited_at, 'Feb 1, 2015');
  assert.equal(await page.locator('#popup details').evaluate(details => details.open), false);
  await page.locator('#popup summary').click();
  for (const [key, value] of Object.entries(JSON.parse(row.tags))) {
    assert.ok((await page.locator('#popup details').innerText()).includes(key), key);
    assert.ok((await page.locator('#popup details').innerText()).includes(value), value);
  }
});

test('Click_on_a_street_shows_its_class_and_length', async t => {
  const row = sample('montevideo_streets').find(street => street.name === 'Inglaterra' && street.osm_id === '78104436');
  const [start, end] = positions(row.geom);
  const middle = [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2];
  const { page } = await open(t, `#streets/17/${middle[1]}/${middle[0]}`);
  await click(page, middle);
  await page.getByRole('heading', { name: 'Inglaterra' }).waitFor();
  const cells = await attributes(page);
  assert.equal(cells.highway, 'tertiary');
  assert.equal(cells.maxspeed, '45 km/h');
  assert.equal(cells.oneway, 'No');
  assert.match(cells.length_m, /^10\d(\.\d+)? m$/);
});

test('Popup_closes_with_escape_and_gives_the_focus_back', async t => {
  const { page } = await open(t, '#airports/9/-34.9/-56.2');
  await click(page, MONTEVIDEO_AIRPORT);
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  assert.ok(await page.getByRole('dialog').isHidden());
  assert.ok(await page.evaluate(() => document.activeElement.matches('#map [tabindex]')), 'the map has been clicked');
});

test('Enter_on_the_map_opens_what_is_nearest_to_its_middle', async t => {
  const { page } = await open(t, `#airports/9/${MONTEVIDEO_AIRPORT[1]}/${MONTEVIDEO_AIRPORT[0]}`);
  await page.focus('#map [tabindex]');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /^Carrasco/ }).waitFor();
});

test('Click_beside_everything_closes_the_popup', async t => {
  const { page } = await open(t, '#airports/9/-34.9/-56.2');
  await click(page, MONTEVIDEO_AIRPORT);
  await page.getByRole('dialog').waitFor();
  await click(page, [-56.2, -35.2]);
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
});

async function click(page, position) {
  const [x, y] = await page.evaluate(at => window.cartoPage.project(at), position);
  await page.mouse.click(x, y);
}

/** Text of each row of the pop-up, by the name of its column. */
async function attributes(page) {
  return Object.fromEntries(await page.$$eval('#popup tr', rows =>
    rows.map(row => [row.dataset.column, row.querySelector('td').innerText])));
}
