// Geometries and attributes that are easy to get wrong, in tables of every kind.
import {suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {vectorQuerySource, vectorTableSource} from '@carto/api-client';
import {columnsOf} from '../lib/demo.js';
import {assertAttributes} from '../lib/expectations.js';
import {clientOptions} from '../lib/platform.js';
import {scratchSchema} from '../lib/scratch.js';
import {execute} from '../lib/sql.js';
import {thingsTable} from '../lib/things.js';
import {formats, loadFeatures, valuesIn} from '../lib/tiles.js';
import {attributesOf, compareOutlines} from '../lib/truth.js';
import {toWkt} from '../lib/wkt.js';

/** 0 to 11.25 degrees east, 41 to 49 degrees north; a cell is 2.4 km. */
const tile = {z: 5, x: 16, y: 11};
const world = {z: 0, x: 0, y: 0};

const schema = scratchSchema(() => `${thingsTable}
CREATE TABLE shapes (id integer PRIMARY KEY, name text, geom geometry(Geometry, 4326));
INSERT INTO shapes SELECT id, name, ST_SetSRID(wkt::geometry, 4326) FROM (VALUES
  (1, 'a hole', 'POLYGON((1 42, 3 42, 3 44, 1 44, 1 42), (1.5 42.5, 1.5 43.5, 2.5 43.5, 2.5 42.5, 1.5 42.5))'),
  (2, 'two parts, one with two holes', 'MULTIPOLYGON(((4 42, 6 42, 6 44, 4 44, 4 42), (4.2 42.2, 4.2 42.8, 4.8 42.8, 4.8 42.2, 4.2 42.2), (5.2 43.2, 5.2 43.8, 5.8 43.8, 5.8 43.2, 5.2 43.2)), ((6.5 42, 7 42, 7 43, 6.5 42)))'),
  (3, 'an island in a lake', 'MULTIPOLYGON(((8 42, 10 42, 10 44, 8 44, 8 42), (8.3 42.3, 8.3 43.7, 9.7 43.7, 9.7 42.3, 8.3 42.3)), ((8.8 42.8, 9.2 42.8, 9.2 43.2, 8.8 43.2, 8.8 42.8)))'),
  (4, 'clockwise', 'POLYGON((1 45, 1 47, 3 47, 3 45, 1 45))'),
  (5, 'crosses itself', 'POLYGON((4 45, 6 47, 6 45, 4 47, 4 45))'),
  (6, 'a vertex twice, three in a row', 'POLYGON((7 45, 8 45, 8 45, 9 45, 9 47, 7 47, 7 45))'),
  (7, 'larger than the tile', 'POLYGON((-30 20, 40 20, 40 60, -30 60, -30 20), (9.5 46, 9.5 47, 10.5 47, 10.5 46, 9.5 46))')
) AS t(id, name, wkt);
CREATE TABLE metres AS SELECT id, ST_Transform(geom, 3857) AS geom FROM shapes;
CREATE TABLE projected AS SELECT id, ST_Transform(ST_Segmentize(geom, 0.1), 25832)::geometry(Geometry, 25832) AS geom FROM shapes WHERE id < 7;
CREATE TABLE unknown_system AS SELECT id, ST_SetSRID(geom, 0) AS geom FROM shapes;
CREATE TABLE on_sphere AS SELECT id, ST_Segmentize(geom, 0.05)::geography AS geom FROM shapes WHERE id NOT IN (5, 7);
CREATE TABLE solid AS SELECT id, ST_Force4D(geom) AS geom FROM shapes;
CREATE VIEW seen AS SELECT * FROM shapes;
CREATE MATERIALIZED VIEW stored AS SELECT * FROM shapes;
CREATE TABLE parts (id integer, geom geometry(Geometry, 4326)) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (4);
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (4) TO (100);
INSERT INTO parts SELECT id, geom FROM shapes;
CREATE TABLE empty_table (id integer, geom geometry(Point, 4326));
CREATE TABLE bad_rows (id integer PRIMARY KEY, geom geometry);
INSERT INTO bad_rows SELECT id, ST_SetSRID(wkt::geometry, 4326) FROM (VALUES
  (1, 'POINT(10 10)'), (2, 'POINT EMPTY'), (3, NULL), (4, 'POINT(20 91)'), (5, 'POINT(20 -1000)'), (6, 'POLYGON EMPTY'),
  (7, 'GEOMETRYCOLLECTION EMPTY'), (8, 'POINT(30 30)'), (9, 'LINESTRING(1 1, 1 1)')) AS t(id, wkt);
INSERT INTO bad_rows VALUES (10, ST_SetSRID(ST_MakePoint('NaN', 'NaN'), 4326)), (11, ST_SetSRID(ST_MakePoint('Infinity', 0), 4326));
CREATE TABLE collected AS SELECT 1 AS id, ST_SetSRID('GEOMETRYCOLLECTION(POINT(1 42), LINESTRING(2 42, 4 44), POLYGON((5 42, 7 42, 7 44, 5 42)))'::geometry, 4326) AS geom;
CREATE TABLE curved AS SELECT 1 AS id, ST_SetSRID('CURVEPOLYGON(CIRCULARSTRING(1 45, 3 47, 5 45, 3 43, 1 45))'::geometry, 4326) AS geom;
CREATE TABLE twins AS SELECT i AS id, ST_SetSRID(ST_MakePoint(5, 45), 4326) AS geom FROM generate_series(1, 50) AS i;
CREATE TABLE scattered AS SELECT 1 AS id, ST_SetSRID('MULTIPOINT((5 45), (6 46), (100 0))'::geometry, 4326) AS geom;`);

const source = (name, options) => vectorTableSource(clientOptions({tableName: `${schema}.${name}`, ...options}));
const shapes = () => ({name: `${schema}.shapes`, key: 'id', kind: 'polygon'});

/** Tables whose polygons are those of `shapes`, and the ids that they have. */
const alike = {
  shapes: [1, 2, 3, 4, 5, 6, 7],
  metres: [1, 2, 3, 4, 5, 6, 7],
  projected: [1, 2, 3, 4, 5, 6],
  unknown_system: [1, 2, 3, 4, 5, 6, 7],
  on_sphere: [1, 2, 3, 4, 6],
  solid: [1, 2, 3, 4, 5, 6, 7],
  seen: [1, 2, 3, 4, 5, 6, 7],
  stored: [1, 2, 3, 4, 5, 6, 7],
  parts: [1, 2, 3, 4, 5, 6, 7]
};

suite('geometries', () => {
  for (const [name, ids] of Object.entries(alike)) {
    test(`${name}: polygons keep their area, their holes and their parts`, async () => {
      const tilejson = await source(name, {columns: ['id']});
      for (const format of formats) {
        const features = await loadFeatures(tilejson, tile, {format});
        assert.deepEqual(features.map((feature) => feature.properties.id).sort(), ids);
        const compared = await compareOutlines(shapes(), tile, features.map((feature) => ({key: feature.properties.id, wkt: toWkt(feature)})));
        const wrong = compared.filter(({validity, difference}) => validity !== 'Valid Geometry' || difference > 1.2);
        assert.deepEqual(wrong, [], format);
        const rings = (id) => features.find((feature) => feature.properties.id === id).parts.map((polygon) => polygon.length).sort();
        assert.deepEqual([rings(1), rings(2), rings(3)], [[2], [1, 3], [1, 2]], `${format}: rings of each part`);
      }
    });
  }

  test('What lies on both sides of the 180th meridian is on both sides of the map', async () => {
    const sql = `SELECT 1 AS id, ST_SetSRID('MULTIPOLYGON(((170 0, 180 0, 180 10, 170 10, 170 0)), ((-180 0, -170 0, -170 10, -180 10, -180 0)))'::geometry, 4326) AS geom`;
    const tilejson = await vectorQuerySource(clientOptions({sqlQuery: sql}));
    for (const format of formats) {
      const [feature] = await loadFeatures(tilejson, world, {format});
      const longitudes = feature.parts.flat(2).map(([x]) => Math.round((x / 512) * 360 - 180));
      assert.ok(longitudes.every((longitude) => Math.abs(longitude) >= 169), `${format}: ${longitudes}`);
      assert.deepEqual([Math.min(...longitudes) < -178, Math.max(...longitudes) > 178], [true, true], format);
    }
  });

  test('Rows without a place, or with an impossible one, do not cost the others', async () => {
    const ids = await valuesIn(await source('bad_rows'), 'id');
    assert.ok([1, 8].every((id) => ids.includes(id)), `there are ${ids}`);
    assert.ok(![2, 3, 6, 7, 10, 11].some((id) => ids.includes(id)), `there are ${ids}`);
  });

  test('An empty table has a map, and its tiles are empty', async () => {
    assert.deepEqual(await loadFeatures(await source('empty_table'), world), []);
  });

  test('A collection is split by dimension', async () => {
    const features = await loadFeatures(await source('collected'), tile);
    assert.deepEqual(features.map(({kind, properties}) => [kind, properties.id]).sort(), [['line', 1], ['point', 1], ['polygon', 1]]);
  });

  test('A curve becomes a line of many vertices', async () => {
    const [{parts: [[ring]]}] = await loadFeatures(await source('curved'), tile);
    assert.ok(ring.length > 12, `${ring.length} vertices`);
  });

  test('Rows at the same place are all there', async () => {
    assert.deepEqual(await valuesIn(await source('twins'), '_carto_point_density'), [50]);
  });

  test('A multipoint is in the tiles of its points, once in each', async () => {
    const [feature, ...others] = await loadFeatures(await source('scattered'), tile);
    assert.deepEqual(others, []);
    assert.equal(feature.parts.length, 2);
  });

  for (const format of formats) {
    test(`${format}: attributes of every type are as the contract says`, async () => {
      const things = {name: `${schema}.things`, key: 'id'};
      const columns = (await columnsOf(things.name)).filter((column) => column.database !== 'geometry');
      const features = await loadFeatures(await source('things'), world, {format});
      assert.equal(features.length, 8);
      const rows = await attributesOf(things, features.map((feature) => feature.properties.id), columns);
      for (const {properties: {layerName, ...attributes}} of features) assertAttributes(attributes, rows.get(attributes.id), columns, format === 'mvt');
    });
  }

  test('A row is on the map as soon as it is written, changed as soon as it changes, and gone as soon as it is deleted', async () => {
    const read = async () => (await loadFeatures(await source('things', {columns: ['id', 'name']}), world)).find(({properties}) => properties.id === 100)?.properties.name;
    // The promise for a commit that the platform has no part in is a second; the rest is for a busy machine.
    const becomes = async (expected) => {
      const end = Date.now() + 5000;
      let seen = await read();
      while (seen !== expected && Date.now() < end) seen = await read();
      assert.equal(seen, expected);
    };
    await execute(`INSERT INTO "${schema}".things (id, name, geom) VALUES (100, 'new', ST_Point(33, 33, 4326));`);
    await becomes('new');
    await execute(`UPDATE "${schema}".things SET name = 'newer' WHERE id = 100;`);
    await becomes('newer');
    await execute(`DELETE FROM "${schema}".things WHERE id = 100;`);
    await becomes(undefined);
  });
});
