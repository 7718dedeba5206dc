// Labels of points, lines and polygons on tiles of this platform, really drawn: text of the right length stands where it belongs, and nowhere else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useBrowser } from '../lib/browser.js';
import { drawLayer } from '../lib/layers.js';
import { positions, sample } from '../lib/samples.js';

const open = useBrowser();
// Of one letter of the page's font, which are all of a width, at the size that lib/layers-page.js asks for.
const LETTER = { least: 6.5, most: 9.2, height: 10 };

async function expectLabels(t, what, places) {
  const map = await drawLayer(t, open.browser(), { layer: 'labels', ...what });
  let found = 0;
  for (const { name, position } of places) {
    const length = [...name].length;
    const text = await map.brightNear(position, [LETTER.most * (length / 2 + 2), LETTER.height]);
    assert.ok(text, `there is no text at ${name}`);
    const width = text.right - text.left + 1;
    assert.ok(width > LETTER.least * length && width < LETTER.most * length, `${name} has ${width} pixels`);
    assert.ok(Math.abs(text.left + text.right) < 2 * LETTER.most, `${name} stands from ${text.left} to ${text.right} of its place`);
    found += text.count;
  }
  assert.equal(map.bright() - found, 0, 'there is text elsewhere');
  assert.deepEqual(map.errors, []);
}

for (const format of ['binary', 'mvt']) {
  test(`Points_have_the_name_of_their_row_as_${format}`, async t => {
    const names = ['London', 'Madrid', 'Rome', 'Kyiv', 'Stockholm', 'Algiers', 'İzmir'];
    const rows = sample('populated_places').filter(row => names.includes(row.name) && Number(row.population) > 1_500_000);
    assert.equal(rows.length, names.length);
    await expectLabels(t, {
      name: `labels-points-${format}`, source: 'vectorQuerySource', format, view: { longitude: 12, latitude: 49, zoom: 3.3 },
      options: { sqlQuery: 'SELECT name, geom FROM demo.populated_places WHERE name = ANY ($1) AND population > 1500000', queryParameters: [names] },
    }, rows.map(row => ({ name: row.name, position: positions(row.geom)[0] })));
  });
}

test('Polygons_in_several_tiles_have_one_label_in_the_middle_of_their_whole_box', async t => {
  const names = ['Algeria', 'Libya', 'Egypt', 'Mali', 'Niger', 'Chad', 'Sudan'];
  const rows = sample('countries').filter(row => names.includes(row.name));
  await expectLabels(t, {
    name: 'labels-polygons', source: 'vectorQuerySource', view: { longitude: 13, latitude: 21, zoom: 3.3 }, autoLabels: true,
    options: { sqlQuery: 'SELECT name, geom FROM demo.countries WHERE name = ANY ($1)', queryParameters: [names], prepareLabels: true },
  }, rows.map(row => ({ name: row.name, position: middleOfBox(positions(row.geom)) })));
});

test('Lines_of_one_name_have_one_label_in_the_middle_of_the_longest', async t => {
  // All in one tile: names are looked for tile by tile. The last line of a tile, here the northern one, has no length for deck.gl 9.4.0 (it reads
  // one vertex too far), so that a longer one of the same name would not be preferred there.
  const sqlQuery = `SELECT name, ST_MakeLine(ST_Point(w, s, 4326), ST_Point(e, n, 4326)) AS geom
    FROM (VALUES ('Southern road', 2, 5, 20, 5), ('Southern road', 2, 9, 6, 9), ('Übergang', 4, 16, 18, 18)) AS line (name, w, s, e, n)`;
  await expectLabels(t, {
    name: 'labels-lines', source: 'vectorQuerySource', view: { longitude: 11, latitude: 10, zoom: 4.4 }, autoLabels: { uniqueIdProperty: 'name' },
    options: { sqlQuery },
  }, [{ name: 'Southern road', position: [11, 5] }, { name: 'Übergang', position: [11, 17] }]);
});

function middleOfBox(ring) {
  return [0, 1].map(axis => (Math.min(...ring.map(position => position[axis])) + Math.max(...ring.map(position => position[axis]))) / 2);
}
