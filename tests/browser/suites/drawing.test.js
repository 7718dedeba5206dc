// What is on the screen, pixel by pixel, against the rows that the samples are shipped with.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goTo, useBrowser } from '../lib/browser.js';
import { alone, BLACK, GROUND, isNear, isTinted, LAND, legend, plus, screenshot, SEA, visible } from '../lib/pixels.js';
import { insideOf, positions, sample } from '../lib/samples.js';

const open = useBrowser();

test('Land_and_sea_have_the_colours_of_the_basemap', async t => {
  const { page } = await open(t, '#airports/3.5/8/-5');
  const colorAt = await screenshot(page);
  const places = await visible(page, [
    { name: 'Gulf of Guinea', position: [-5, 0], color: SEA },
    { name: 'Atlantic off Morocco', position: [-14, 30], color: SEA },
    { name: 'Sahara in Mali', position: [-4, 21.5], color: LAND },
    { name: 'Sahara in Algeria', position: [2, 24.5], color: LAND },
  ]);
  assert.ok(places.length >= 3, 'the view shows land and sea');
  for (const { name, point, color } of places) {
    assert.ok(isNear(colorAt(point), color), `${name} is ${colorAt(point)}, not ${color}`);
  }
});

test('Countries_have_the_colour_of_their_continent', async t => {
  const { page } = await open(t, '#countries/1.1/20/-19');
  const inland = [
    ['Africa', [20, 25.5]], ['Africa', [22, -2.5]], ['Asia', [85, 38]], ['Asia', [46, 22]], ['Europe', [60, 60.5]],
    ['Europe', [27, 52.5]], ['South America', [-56, -9]], ['North America', [-40, 74]], ['Oceania', [123, -27]],
  ];
  await expectColours(page, inland.map(([label, position]) => ({ label, position })), { under: LAND, least: 8 });
});

test('Airports_are_where_they_are_in_the_colour_of_their_kind', async t => {
  const { page } = await open(t, '#airports/5/46/10');
  const label = ({ type, scheduled_service: served }) =>
    type === 'large_airport' ? 'Large' : served === 'true' ? 'Medium, with airlines' : 'Medium, without';
  const airports = sample('airports').map(row => ({ label: label(row), position: positions(row.geom)[0] }));
  await expectColours(page, airports, { under: LAND, apart: 16, least: 80 });
});

test('Populated_places_glow_in_the_colour_of_their_population', async t => {
  const { page } = await open(t, '#populated_places/7.5/26/78');
  const steps = [[5e6, '5 million and more'], [1e6, '1 to 5 million'], [250e3, '250,000 to 1 million'],
    [50e3, '50,000 to 250,000'], [10e3, '10,000 to 50,000'], [0, 'Under 10,000']];
  const places = sample('populated_places')
    .map(row => ({ population: Number(row.population), position: positions(row.geom)[0] }))
    .map(place => ({ ...place, label: steps.find(([from]) => place.population >= from)[1] }));
  // Their light is added to the land's. Specks of a pixel or two are left out: anti-aliasing dims them.
  await expectColours(page, places, {
    under: LAND, over: color => plus(LAND, color), apart: 20, least: 40, worthy: place => place.population >= 10e3,
  });
});

test('Streets_have_the_colour_of_their_class', async t => {
  const { page } = await open(t, '#streets/15.2/-34.9040/-56.1640');
  const classes = {
    primary: 'Primary', secondary: 'Secondary', tertiary: 'Tertiary', residential: 'Residential', trunk: 'Trunk road',
  };
  const streets = sample('montevideo_streets')
    .filter(row => classes[row.highway])
    .map(row => ({ label: classes[row.highway], position: middleOfLongest(positions(row.geom)) }));
  await expectColours(page, streets, { under: GROUND, apart: 6, least: 35 });
});

test('Buildings_have_the_colour_of_their_use', async t => {
  const { page } = await open(t, '#buildings/16.5/-34.9075/-56.2030');
  const uses = {
    yes: 'Use not told', apartments: 'Homes', residential: 'Homes', commercial: 'Shops and offices', hotel: 'Hotels',
    office: 'Shops and offices', school: 'Schools and universities', church: 'Public, health, worship',
  };
  // High roofs are drawn aside of where they stand, so only low ones are looked at.
  const buildings = sample('montevideo_buildings')
    .filter(row => uses[row.building] && Number(row.levels ?? 2) <= 3 && !row.height)
    .map(row => ({ label: uses[row.building], position: insideOf(positions(row.geom)) }))
    .filter(building => building.position);
  await expectColours(page, buildings, { under: BLACK, light: 0.5, least: 25, share: 0.85 });
});

test('Places_have_the_colour_of_their_category', async t => {
  const { page } = await open(t, '#places/15/-34.9070/-56.1900');
  const categories = {
    shop: 'Shops', amenity: 'Amenities', healthcare: 'Amenities', office: 'Offices and crafts',
    craft: 'Offices and crafts', tourism: 'Sights and tourism', historic: 'Sights and tourism', leisure: 'Leisure',
    place: 'Suburbs and other places',
  };
  const places = sample('montevideo_places')
    .map(row => ({ label: categories[row.category], position: positions(row.geom)[0] }));
  await expectColours(page, places, { under: GROUND, apart: 14, least: 80 });
});

test('Map_of_a_place_without_rows_shows_nothing_but_the_ground', async t => {
  const { page } = await open(t, '#buildings/15/-34.88/-55.90');
  await goTo(page, '#buildings/15/-34.9800/-56.3000');
  const colorAt = await screenshot(page);
  for (const point of [[500, 200], [700, 400], [850, 600]]) {
    assert.ok(isNear(colorAt(point), GROUND), `${point} is ${colorAt(point)}`);
  }
  assert.equal(await page.evaluate(() => window.cartoPage.features), 0);
});

/**
 * Expects the legend's colour at each place, but for a few that a label or a neighbour covers.
 * @param {{label: string, position: number[]}[]} places
 * @param {object} options
 * @param {number[]} options.under  what the colour is laid over
 * @param {Function} [options.over]  the colour where it covers wholly
 * @param {number} [options.light]  the least share of that
 * @param {number} [options.apart]  pixels to the nearest neighbour
 * @param {Function} [options.worthy]  which places to look at
 * @param {number} options.least  so many must be in the view, or the test would say nothing
 * @param {number} [options.share]  of them that must have the colour
 */
async function expectColours(page, places, options) {
  const { under, over = color => color, light, apart = 0, least, share = 0.9, worthy = () => true } = options;
  const colors = await legend(page);
  const colorAt = await screenshot(page);
  const seen = alone(await visible(page, places), apart).filter(worthy);
  assert.ok(seen.length >= least, `only ${seen.length} of the places are in the view`);
  const wrong = seen.filter(({ label, point }) => !isTinted(colorAt(point), under, over(colors.get(label)), light));
  const first = wrong.slice(0, 5).map(({ label, point, position }) => `${label} at ${position}: ${colorAt(point)}`);
  assert.ok(wrong.length <= seen.length * (1 - share),
    `${wrong.length} of ${seen.length} have another colour: ${first.join('; ')}`);
}

function middleOfLongest(line) {
  const segments = line.slice(1).map((end, index) => ({ start: line[index], end }));
  const length = ({ start, end }) => Math.hypot(end[0] - start[0], end[1] - start[1]);
  const { start, end } = segments.reduce((best, segment) => length(segment) > length(best) ? segment : best);
  return [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2];
}
