// The SQL functions of CARTO's Analytics Toolbox that the platform installs, against the libraries that define what cells are.
import {suite, test} from 'node:test';
import assert from 'node:assert/strict';
import * as h3 from 'h3-js';
import {cellToBoundary, cellToChildren, cellToParent, cellToTile, geometryToCells, getResolution, tileToCell} from 'quadbin';
import {query} from '@carto/api-client';
import {clientOptions} from '../lib/platform.js';
import {jsonLiteral, rows} from '../lib/sql.js';

// Always the same points, all over the world.
let state = 12345;
const random = () => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
const points = Array.from({length: 3000}, () => [random() * 360 - 180, (Math.asin(random() * 1.98 - 0.99) * 180) / Math.PI, Math.floor(random() * 27)]);
const inMercator = points.filter(([, latitude]) => Math.abs(latitude) < 85);

const quadbinOf = ([longitude, latitude, z]) => {
  const sine = Math.sin((latitude * Math.PI) / 180);
  const span = 2 ** z;
  return tileToCell({z, x: Math.floor(span * (longitude / 360 + 0.5)), y: Math.floor(span * (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)))});
};

/** Runs an expression over each item, as `i.item`. */
const each = async (items, sql) => (await rows(`SELECT (${sql}) AS r FROM json_array_elements(${jsonLiteral(items)}) WITH ORDINALITY AS i (item, place) ORDER BY place`)).map(({r}) => r);

suite('carto.quadbin_…', () => {
  test('A place is in the cell that the library gives it', async () => {
    const found = await each(inMercator, 'carto.quadbin_fromlonglat((item ->> 0)::float8, (item ->> 1)::float8, (item ->> 2)::int)::text');
    assert.deepEqual(found, inMercator.map((point) => String(quadbinOf(point))));
    const fromPoints = await each(inMercator.slice(0, 200), 'carto.quadbin_fromgeogpoint(ST_Point((item ->> 0)::float8, (item ->> 1)::float8, 4326), (item ->> 2)::int)::text');
    assert.deepEqual(fromPoints, found.slice(0, 200));
  });

  test('Addresses, parents, resolutions and validity', async () => {
    const cells = inMercator.map(quadbinOf);
    const found = await each(cells.map(String), `json_build_array(carto.quadbin_tozxy(c), carto.quadbin_resolution(c), carto.quadbin_isvalid(c), carto.quadbin_isvalid(c - 1),
      carto.quadbin_toparent(c, greatest(carto.quadbin_resolution(c)::int - 3, 0))::text, carto.quadbin_fromquadkey(carto.quadbin_toquadkey(c))::text)
      FROM (SELECT (item #>> '{}')::bigint AS c) AS t`.replace(/^/, 'SELECT '));
    cells.forEach((cell, i) => {
      const z = Number(getResolution(cell));
      let parent = cell;
      while (Number(getResolution(parent)) > Math.max(z - 3, 0)) parent = cellToParent(parent);
      assert.deepEqual(found[i], [cellToTile(cell), z, true, z === 26 ? found[i][3] : false, String(parent), String(cell)]);
    });
  });

  test('Children, boxes, siblings and rings', async () => {
    const cells = inMercator.filter(([, , z]) => z > 2 && z < 24).slice(0, 40).map(quadbinOf);
    const found = await each(cells.map(String), `SELECT json_build_array((SELECT json_agg(k::text) FROM unnest(carto.quadbin_tochildren(c, carto.quadbin_resolution(c)::int + 2)) AS k), carto.quadbin_bbox(c),
      carto.quadbin_sibling(c, 'right')::text, array_length(carto.quadbin_kring(c, 2), 1), carto.quadbin_distance(c, carto.quadbin_sibling(c, 'left')), ST_Covers(carto.quadbin_boundary(c), carto.quadbin_center(c)))
      FROM (SELECT (item #>> '{}')::bigint AS c) AS t`);
    cells.forEach((cell, i) => {
      const [children, box, right, ring, , covers] = found[i];
      const {x, y, z} = cellToTile(cell);
      assert.deepEqual(children.sort(), cellToChildren(cell, BigInt(z + 2)).map(String).sort());
      const corners = cellToBoundary(cell).coordinates[0];
      const expected = [Math.min(...corners.map(([a]) => a)), Math.min(...corners.map(([, b]) => b)), Math.max(...corners.map(([a]) => a)), Math.max(...corners.map(([, b]) => b))];
      box.forEach((value, side) => assert.ok(Math.abs(value - expected[side]) < 1e-9));
      assert.equal(right, String(tileToCell({z, x: (x + 1) % 2 ** z, y})));
      if (y > 1 && y < 2 ** z - 2 && z > 2) assert.equal(ring, 25);
      assert.ok(covers);
    });
  });

  test('Cells of a polygon', async () => {
    const polygon = {type: 'Polygon', coordinates: [[[-10, 35], [5, 36], [3, 44], [-8, 43], [-10, 35]]]};
    const [found] = await each([polygon], `(SELECT json_agg(c::text) FROM unnest(carto.quadbin_polyfill(ST_GeomFromGeoJSON(item::text), 6, 'intersects')) AS c)`);
    assert.deepEqual(found.sort(), geometryToCells(polygon, 6n).map(String).sort());
  });
});

suite('carto.h3_…', () => {
  const cells = [
    ...points.map(([longitude, latitude, z]) => h3.latLngToCell(latitude, longitude, z % 16)), ...h3.getRes0Cells(),
    ...Array.from({length: 16}, (_, resolution) => h3.getPentagons(resolution)).flat()
  ];

  test('Resolution, parent, pentagon, validity and number', async () => {
    const found = await each(cells, `SELECT json_build_array(carto.h3_isvalid(c), carto.h3_resolution(c), carto.h3_ispentagon(c), carto.h3_toparent(c, carto.h3_resolution(c) / 2), carto.h3_int_tostring(carto.h3_string_toint(c)))
      FROM (SELECT item #>> '{}' AS c) AS t`);
    cells.forEach((cell, i) => {
      const resolution = h3.getResolution(cell);
      assert.deepEqual(found[i], [true, resolution, h3.isPentagon(cell), h3.cellToParent(cell, Math.floor(resolution / 2)), cell]);
    });
  });

  test('Children, of every base cell and of pentagons', async () => {
    const parents = [...h3.getRes0Cells(), ...h3.getPentagons(5), ...cells.slice(0, 100).filter((cell) => h3.getResolution(cell) < 13)];
    const found = await each(parents, `to_json(carto.h3_tochildren(item #>> '{}', carto.h3_resolution(item #>> '{}') + 2))`);
    parents.forEach((parent, i) => assert.deepEqual(found[i], h3.cellToChildren(parent, h3.getResolution(parent) + 2).sort()));
  });

  // Around pentagons and over edges of the icosahedron, where the grid has its folds.
  const folded = [...points.slice(0, 300).map(([longitude, latitude, z]) => h3.latLngToCell(latitude, longitude, z % 16)), ...h3.getRes0Cells(),
    ...Array.from({length: 5}, (_, resolution) => h3.getPentagons(resolution).flatMap((cell) => h3.gridDisk(cell, 1))).flat()];
  const isNear = ([x, y], [longitude, latitude]) => Math.abs(((x - longitude + 540) % 360) - 180) * Math.cos((y * Math.PI) / 180) < 1e-6 && Math.abs(y - latitude) < 1e-6;

  test('A place is in the cell that the library gives it', async () => {
    const found = await each(points, 'carto.h3_fromlonglat((item ->> 0)::float8, (item ->> 1)::float8, (item ->> 2)::int % 16)');
    assert.deepEqual(found, points.map(([longitude, latitude, z]) => h3.latLngToCell(latitude, longitude, z % 16)));
    assert.deepEqual(await each(points.slice(0, 100), 'carto.h3_fromgeogpoint(ST_Transform(ST_Point((item ->> 0)::float8, (item ->> 1)::float8, 4326), 3395), 5)'),
      points.slice(0, 100).map(([longitude, latitude]) => h3.latLngToCell(latitude, longitude, 5)));
    assert.deepEqual(await each([[0, 90], [0, -90], [180, 0], [-180, 0], [540, 10]], 'carto.h3_fromlonglat((item ->> 0)::float8, (item ->> 1)::float8, 7)'),
      [[0, 90], [0, -90], [180, 0], [-180, 0], [180, 10]].map(([longitude, latitude]) => h3.latLngToCell(latitude, longitude, 7)));
  });

  test('Centres and outlines', async () => {
    const found = await each(folded, `SELECT json_build_array(ST_AsGeoJSON(carto.h3_center(c), 12)::json, ST_AsGeoJSON(carto.h3_boundary(c), 12)::json) FROM (SELECT item #>> '{}' AS c) AS t`);
    folded.forEach((cell, i) => {
      const [center, boundary] = found[i];
      assert.ok(isNear(center.coordinates, h3.cellToLatLng(cell).reverse()), cell);
      const corners = h3.cellToBoundary(cell, true).slice(0, -1);
      const ring = boundary.coordinates[0].slice(0, -1);
      assert.equal(ring.length, corners.length, cell);
      assert.ok(corners.every((corner) => ring.some((other) => isNear(other, corner))), cell);
    });
  });

  test('Rings and distances', async () => {
    const found = await each(folded, `to_json(carto.h3_kring(item #>> '{}', 1))`);
    folded.forEach((cell, i) => assert.deepEqual(found[i].sort(), h3.gridDisk(cell, 1).sort()));
    const wide = await each(folded.filter((_, i) => i % 20 === 0), `to_json(carto.h3_kring_distances(item #>> '{}', 3))`);
    folded.filter((_, i) => i % 20 === 0).forEach((cell, i) => assert.deepEqual(
      wide[i].map(({index, distance}) => `${index} ${distance}`).sort(), h3.gridDiskDistances(cell, 3).flatMap((ring, distance) => ring.map((other) => `${other} ${distance}`)).sort()));
    const pairs = folded.slice(0, 300).filter((cell) => h3.getResolution(cell) > 1).map((cell) => [cell, h3.gridDisk(cell, 4).at(-1)]);
    const distances = await each(pairs, 'carto.h3_distance(item ->> 0, item ->> 1)::int');
    // Around a corner of the icosahedron two edges may be between them.
    const told = pairs.map(([one, other], i) => ({one, other, distance: distances[i]})).filter(({distance}) => distance !== null);
    assert.ok(told.length > pairs.length * 0.9);
    told.forEach(({one, other, distance}) => assert.equal(distance, h3.gridDistance(one, other)));
  });

  test('Cells of a polygon', async () => {
    const polygon = {type: 'Polygon', coordinates: [[[-10, 35], [5, 36], [3, 44], [-8, 43], [-10, 35]]]};
    for (const resolution of [1, 3, 5]) {
      const [found] = await each([polygon], `to_json(carto.h3_polyfill(ST_GeomFromGeoJSON(item::text), ${resolution}))`);
      assert.deepEqual(found.sort(), h3.polygonToCells(polygon.coordinates, resolution, true).sort());
    }

    const [[all, inside, touched]] = await each([polygon], `SELECT json_build_array(array_length(carto.h3_polyfill(ST_MakeEnvelope(-180, -90, 180, 90, 4326), 1), 1),
      carto.h3_polyfill(g, 4, 'contains'), carto.h3_polyfill(g, 4, 'intersects')) FROM (SELECT ST_GeomFromGeoJSON(item::text) AS g) AS t`);
    assert.equal(all, 842);
    const centered = new Set(h3.polygonToCells(polygon.coordinates, 4, true));
    assert.ok(inside.length > 100 && inside.every((cell) => centered.has(cell)));
    assert.ok(touched.length > centered.size && [...centered].every((cell) => touched.includes(cell)));
  });

  test('What is no cell is none', async () => {
    const wrong = ['', 'x', '0', '88390cb1b1ffff', '98390cb1b1fffff', '88390cb1b1ffff0', '8f390cb1b1fffff', '8ff90cb1b1fffff', '81087ffffffffff', 'ffffffffffffffffff'];
    assert.deepEqual(await each(wrong, `carto.h3_isvalid(item #>> '{}')`), wrong.map((cell) => h3.isValidCell(cell)));
    assert.deepEqual(await each(wrong, `carto.h3_toparent(item #>> '{}', 0)`), wrong.map(() => null));
  });
});

// Each took 3 to 50 ms of every row while they were functions in SQL that call one another.
test('A table of cells is asked about within the time that a statement has', async () => {
  const {rows: [found]} = await query({...clientOptions(), sqlQuery: `SELECT count(carto.quadbin_boundary(c))::int AS outlines, count(carto.quadbin_center(c))::int AS centres,
      count(DISTINCT carto.quadbin_fromlonglat(ST_X(carto.quadbin_center(c)), ST_Y(carto.quadbin_center(c)), 12))::int AS cells, sum(array_length(carto.quadbin_kring(c, 1), 1))::int AS around
    FROM generate_series(0, 1999) AS n, carto.quadbin_fromzxy(12, 1000 + n % 100, 1000 + n / 100) AS c`});
  assert.deepEqual(found, {outlines: 2000, centres: 2000, cells: 2000, around: 18000});
});

test('Who may only read may use them', async () => {
  const {rows: found} = await query({...clientOptions(), sqlQuery: 'SELECT carto.quadbin_fromlonglat(-3.7, 40.4, 10)::text AS q, carto.h3_toparent(\'88390cb1b1fffff\', 5) AS h'});
  assert.deepEqual(found, [{q: '5234261499580514303', h: '85390cb3fffffff'}]);
});
