import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { test } from 'node:test';
import { csvLine, gzip } from '../lib/csv.mjs';
import { toWkt } from '../lib/geometry.mjs';
import { hilbertIndex } from '../lib/hilbert.mjs';
import { oneDecimal, promote, text, wholeNumber, yesOrNo } from '../lib/tags.mjs';

test('Csv_tells_null_from_the_empty_string', () => {
  assert.equal(csvLine([null, undefined, '', 0, false]), ',,"",0,false\n');
});

test('Csv_quotes_what_would_end_a_field', () => {
  assert.equal(csvLine(['a,b', 'say "hi"', 'two\nlines', '\\.']), '"a,b","say ""hi""","two\nlines","\\."\n');
});

test('Gzip_header_has_neither_time_nor_system', () => {
  const packed = gzip('text');
  assert.deepEqual([...packed.subarray(4, 8), packed[9]], [0, 0, 0, 0, 255]);
  assert.equal(gunzipSync(packed).toString(), 'text');
});

test('Wkt_is_rounded_and_says_nothing_twice', () => {
  assert.equal(toWkt({ type: 'Point', coordinates: [-0.000001, 10] }, 5), 'POINT(0 10)');
  const line = { type: 'LineString', coordinates: [[1, 2], [1.000001, 2], [3.5, 4]] };
  assert.equal(toWkt(line, 5), 'LINESTRING(1 2,3.5 4)');
  const box = { type: 'Polygon', coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] };
  assert.equal(toWkt(box, 5), 'POLYGON((0 0,1 0,1 1,0 0))');
});

test('Hilbert_curve_steps_from_neighbour_to_neighbour', () => {
  const cells = [];
  for (let x = 0; x < 16; x++) for (let y = 0; y < 16; y++) cells.push([hilbertIndex(x, y), x, y]);
  cells.sort((a, b) => a[0] - b[0]);
  cells.forEach(([index, x, y], i) => {
    assert.equal(index, i);
    if (i > 0) assert.equal(Math.abs(x - cells[i - 1][1]) + Math.abs(y - cells[i - 1][2]), 1);
  });
});

test('Tag_that_its_column_cannot_hold_stays_a_tag', () => {
  const object = { tags: { lanes: '2', maxspeed: '30 mph', oneway: '-1', height: '7.5', note: 'x' } };
  const columns = {
    lanes: ['lanes', wholeNumber], maxspeed: ['maxspeed', wholeNumber], oneway: ['oneway', yesOrNo],
    height: ['height', oneDecimal], name: ['name', text],
  };
  assert.deepEqual(promote(object, columns), {
    tags: { maxspeed: '30 mph', oneway: '-1', note: 'x' },
    lanes: 2, maxspeed: null, oneway: null, height: 7.5, name: null,
  });
});
