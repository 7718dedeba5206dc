// vectorQuerySource with the SQL that people write, and the options that change what is in a tile.
import {suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {vectorQuerySource, vectorTableSource} from '@carto/api-client';
import {cellsAt} from '../lib/mercator.js';
import {clientOptions} from '../lib/platform.js';
import {recording} from '../lib/recorder.js';
import {scratchSchema} from '../lib/scratch.js';
import {thingsTable} from '../lib/things.js';
import {formats, loadFeatures, rowsBehind, valuesIn} from '../lib/tiles.js';

const schema = scratchSchema(() => `${thingsTable}
CREATE TABLE "Odd ""table"" ñ.x" AS SELECT * FROM things;
ALTER TABLE "Odd ""table"" ñ.x" RENAME geom TO "The Geom";`);
const query = (sqlQuery, options) => vectorQuerySource(clientOptions({sqlQuery, ...options}));
const all = [1, 2, 3, 4, 5, 6, 7, 8];
const world = {z: 0, x: 0, y: 0};

/** SQL by name; `SCHEMA` stands for the suite's own. The ids in the tile must be those given. */
const texts = {
  'a trailing semicolon': ['SELECT * FROM SCHEMA.things;', all],
  'semicolons and blanks at the end': ['SELECT * FROM SCHEMA.things ; ; \n\t ', all],
  'a line comment at the end': ['SELECT * FROM SCHEMA.things -- the end', all],
  'a line comment behind the semicolon': ['SELECT * FROM SCHEMA.things; -- the end; really', all],
  'comments at the start': ['-- one\n/* two /* nested */ three */ SELECT * FROM SCHEMA.things', all],
  'a cache buster as QGIS writes it': ['   \n  -- 1732219023\n  SELECT * FROM SCHEMA.things', all],
  'WITH': ['WITH t AS (SELECT * FROM SCHEMA.things WHERE id < 4) SELECT * FROM t', [1, 2, 3]],
  'WITH RECURSIVE': ['WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT t.* FROM SCHEMA.things t JOIN n ON n.i = t.id', [1, 2, 3]],
  'UNION with ORDER BY and LIMIT': ['SELECT id, geom FROM SCHEMA.things WHERE id = 1 UNION ALL SELECT id, geom FROM SCHEMA.things WHERE id > 5 ORDER BY id LIMIT 3', [1, 6, 7]],
  'VALUES': ["SELECT * FROM (VALUES (1, ST_Point(1, 1, 4326)), (2, ST_Point(9, 9, 4326))) AS v(id, geom)", [1, 2]],
  'a join with columns of the same name': ['SELECT a.id, a.geom, b.name FROM SCHEMA.things a JOIN SCHEMA.things b USING (id)', all],
  'quotes, semicolons and dollars in texts': ["SELECT * FROM SCHEMA.things WHERE name <> ';--' AND name <> $q$;'$1$q$ AND name IS NOT NULL", [1, 2, 3, 4, 5, 7, 8]],
  'operators that look like placeholders': ["SELECT * FROM SCHEMA.things WHERE tags ? 'name' OR tags @> '{\"a\": [1]}' OR tags @? '$.ü'", [1, 4, 8]],
  'names that need quotes': ['SELECT id, "The Geom" AS geom, "Odd ""name"" ñ" AS x FROM SCHEMA."Odd ""table"" ñ.x"', all],
  'upper-case keywords and no schema in types': ['select ID, GEOM from SCHEMA.THINGS where ID = any(array[1,2]::int4[])', [1, 2]],
  'braces that look like placeholders of a tile': ["SELECT id, geom, '{z}/{x}/{y}' AS template FROM SCHEMA.things WHERE name <> '{x}'", [1, 2, 3, 4, 5, 7, 8]],
  'percent signs, plus signs and ampersands': ["SELECT id, geom FROM SCHEMA.things WHERE name LIKE 'a\\%b%' AND 'a&b=c+d%20e' = 'a&b=c+d%20e'", [4]]
};

const parameters = {
  'by position, reused and out of order': ['id IN ($2, $1) AND $1 < $2', [1, 2], [1, 2]],
  'a text': ['name = $1', ["O'Brien"], [3]],
  'a text that looks like SQL': ['name = $1', ["x' OR 'a' = 'a"], []],
  'a boolean': ['flag = $1', [false], [2, 4, 8]],
  'a number with a fraction': ['amount > $1', [5000.005], [4, 8]],
  'a list of texts': ['name = ANY ($1)', [["O'Brien", 'a%b_c']], [3, 4]],
  'a list of numbers': ['id = ANY ($1)', [[7, 8]], [7, 8]],
  'a time': ['at < $1', ['1970-01-01T00:00:00Z'], [4]],
  'an object as jsonb': ['tags @> $1', [{name: 'shadow'}], [4]],
  'null': ['id = 1 AND $1::text IS NULL', [null], [1]]
};

suite('query sources', () => {
  for (const [name, [sql, expected]] of Object.entries(texts)) {
    test(`SQL with ${name}`, async () => {
      const tilejson = await query(sql.replaceAll('SCHEMA', schema));
      assert.deepEqual(await valuesIn(tilejson, 'id'), expected);
    });
  }

  for (const [name, [condition, queryParameters, expected]] of Object.entries(parameters)) {
    test(`queryParameters: ${name}`, async () => {
      const tilejson = await query(`SELECT * FROM ${schema}.things WHERE ${condition}`, {queryParameters});
      assert.deepEqual(await valuesIn(tilejson, 'id'), expected);
    });
  }

  test('queryParameters by name', async () => {
    const sql = `SELECT * FROM ${schema}.things WHERE id = @id OR name = @name`;
    const tilejson = await query(sql, {queryParameters: {id: 1, name: "O'Brien"}});
    assert.deepEqual(await valuesIn(tilejson, 'id'), [1, 3]);
  });

  test('SQL of 200 kB goes by POST and into short tile addresses', async () => {
    const sql = `SELECT * FROM ${schema}.things WHERE id IN (2, 5) /* ${'long '.repeat(40_000)} */`;
    const {result, calls} = await recording(() => query(sql));
    assert.equal(calls[0].init.method, 'POST');
    assert.ok(result.tiles[0].length < 7000, `a template of ${result.tiles[0].length} characters`);
    assert.deepEqual(await valuesIn(result, 'id'), [2, 5]);
  });

  test('SQL just below the limit of a GET works like SQL above it', async () => {
    for (const padding of [6000, 6500, 6900, 7100]) {
      const sql = `SELECT * FROM ${schema}.things WHERE id = 3 --${'x'.repeat(padding)}`;
      assert.deepEqual(await valuesIn(await query(sql), 'id'), [3], `${padding} more characters`);
    }
  });

  test('columns: the named ones and no others, also with quotes in the name', async () => {
    const columns = ['id', 'Odd "name" ñ'];
    for (const source of [vectorTableSource(clientOptions({tableName: `${schema}.things`, columns})), query(`SELECT * FROM ${schema}.things`, {columns})]) {
      const tilejson = await source;
      const features = await loadFeatures(tilejson, world);
      const second = features.find((feature) => feature.properties.id === 2);
      assert.deepEqual(second.properties, {id: 2, 'Odd "name" ñ': 'it\'s "x"', _carto_point_density: 1});
    }
  });

  test('columns: an unknown one is a 400 that names it', async () => {
    await assert.rejects(query(`SELECT * FROM ${schema}.things`, {columns: ['id', 'nowhere']}), (error) => {
      assert.equal(error.response.status, 400);
      assert.deepEqual(error.responseJson, {...error.responseJson, error: 'Column not found', column_name: 'nowhere'});
      return true;
    });
  });

  test('spatialDataColumn names the geometry', async () => {
    const tilejson = await vectorTableSource(clientOptions({tableName: `${schema}."Odd ""table"" ñ.x"`, spatialDataColumn: 'The Geom'}));
    assert.deepEqual(await valuesIn(tilejson, 'id'), all);
  });

  test('featureBbox gives polygons the box of their whole geometry', async () => {
    const sql = 'SELECT 1 AS id, ST_MakeEnvelope(-10, 41, 20, 50, 4326) AS geom';
    const tilejson = await query(sql, {prepareLabels: true});
    const [feature] = await loadFeatures(tilejson, {z: 6, x: 33, y: 22});
    const box = feature.properties._carto_bbox.split(',').map(Number);
    assert.equal(box.length, 4);
    box.forEach((side, i) => assert.ok(Math.abs(side - [-10, 41, 20, 50][i]) < 1e-9, `the box is ${box}`));
  });

  for (const tileResolution of [0.25, 0.5, 1, 2, 4]) {
    test(`tileResolution ${tileResolution}: no position moves by more than a cell of ${1024 * tileResolution} across`, async () => {
      const sql = 'SELECT i AS id, ST_Point(0.137 * i, 0.0731 * i, 4326) AS geom FROM generate_series(1, 500) AS i';
      const tilejson = await query(sql, {tileResolution});
      for (const format of formats) {
        const features = await loadFeatures(tilejson, world, {format, tileResolution});
        assert.equal(rowsBehind(features), 500);
        for (const {properties, parts: [[x, y]]} of features) {
          const [u, v] = cellsAt(world, [0.137 * properties.id, 0.0731 * properties.id], tileResolution);
          assert.ok(Math.abs(x - u) <= 1 && Math.abs(y - v) <= 1, `${format}: point ${properties.id} is at ${x}, ${y} instead of ${u}, ${v}`);
          if (format === 'mvt') assert.ok(Number.isInteger(x) && Number.isInteger(y), `the extent is not ${1024 * tileResolution}`);
        }
      }
    });
  }

  test('A tileResolution that the contract does not know is a 400', async () => {
    await assert.rejects(query(`SELECT * FROM ${schema}.things`, {tileResolution: 3}), (error) => error.response.status === 400);
  });
});

suite('aggregationExp of geometry', () => {
  const aggregationExp = 'sum(id) AS Id_Sum, count(*) as n, 1 AS __aggregationValue';
  const twice = `SELECT * FROM ${schema}.things UNION ALL SELECT * FROM ${schema}.things WHERE id < 4`;

  for (const [kind, source] of [
    ['query', () => query(twice, {aggregationExp})],
    ['table', () => vectorTableSource(clientOptions({tableName: `${schema}.things`, aggregationExp}))]
  ]) {
    test(`${kind}: rows of one place are one feature with the aliases as written`, async () => {
      const tilejson = await source();
      assert.deepEqual(Object.keys(tilejson.vector_layers[0].fields), ['Id_Sum', 'n', '__aggregationValue']);
      for (const format of formats) {
        const features = await loadFeatures(tilejson, world, {format});
        const found = features.map(({properties: {layerName, ...properties}}) => properties).sort((a, b) => a.Id_Sum - b.Id_Sum);
        const times = (id) => (kind === 'query' && id < 4 ? 2 : 1);
        const expected = all.map((id) => ({Id_Sum: id * times(id), n: times(id), __aggregationValue: 1})).sort((a, b) => a.Id_Sum - b.Id_Sum);
        assert.deepEqual(found.map(({Id_Sum, n}) => [Id_Sum, n]).sort(), expected.map(({Id_Sum, n}) => [Id_Sum, n]).sort());
        assert.ok(found.every((properties) => Object.keys(properties).length === 3 && properties.__aggregationValue === 1));
      }
    });
  }
});
