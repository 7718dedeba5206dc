// Statistics: getExtent() of the client library, and the request that fetchMap() makes for each styled column.
import {suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {addFilter, vectorQuerySource, vectorTableSource} from '@carto/api-client';
import {tables} from '../lib/demo.js';
import {apiPath, clientOptions, queryString, request} from '../lib/platform.js';
import {scratchSchema} from '../lib/scratch.js';
import {row, rows} from '../lib/sql.js';
import {thingsTable} from '../lib/things.js';

const schema = scratchSchema(() => thingsTable);
const things = () => `${schema}.things`;

const boxOf = async (from, geometry = 'geom') => {
  const box = await row(`SELECT ST_XMin(b) AS w, ST_YMin(b) AS s, ST_XMax(b) AS e, ST_YMax(b) AS n FROM (SELECT ST_Extent(${geometry}) AS b FROM ${from}) AS t`);
  return [box.w, box.s, box.e, box.n];
};

function assertBox(actual, expected) {
  actual.forEach((side, i) => assert.ok(Math.abs(side - expected[i]) < 1e-9, `${actual} is not ${expected}`));
}

/** As fetchMap() asks (buildStatsUrl and _fetchTilestats of fetch-map.ts, which the package does not export). */
async function stats(path, parameters = {}) {
  const encoded = path.map(encodeURIComponent).join('/');
  const response = await request(`${apiPath('stats', encoded)}?${queryString({client: 'deck-gl-carto', 'tag-mapId': 'x', ...parameters})}`);
  const body = await response.json();
  assert.equal(response.status, 200, JSON.stringify(body));
  return body;
}

suite('getExtent()', () => {
  for (const table of tables) {
    test(`${table.name} as a table and as a query`, async () => {
      const expected = await boxOf(table.name);
      const {widgetSource} = await vectorTableSource(clientOptions({tableName: table.name}));
      assertBox((await widgetSource.getExtent()).bbox, expected);
      const query = await vectorQuerySource(clientOptions({sqlQuery: `SELECT * FROM ${table.name}`}));
      assertBox((await query.widgetSource.getExtent()).bbox, expected);
    });
  }

  test('Filters of the source narrow it', async () => {
    const filters = addFilter({}, {column: 'id', type: 'between', values: [[2, 4]]});
    const {widgetSource} = await vectorTableSource(clientOptions({tableName: things(), filters}));
    assertBox((await widgetSource.getExtent()).bbox, await boxOf(`${things()} WHERE id BETWEEN 2 AND 4`));
  });

  test('Query parameters count', async () => {
    const sqlQuery = `SELECT geom FROM ${things()} WHERE id <= $1`;
    const {widgetSource} = await vectorQuerySource(clientOptions({sqlQuery, queryParameters: [3]}));
    assertBox((await widgetSource.getExtent()).bbox, await boxOf(`${things()} WHERE id <= 3`));
  });

  test('A long query goes by POST', async () => {
    const sqlQuery = `SELECT geom FROM ${things()} /* ${'x'.repeat(9000)} */`;
    const {widgetSource} = await vectorQuerySource(clientOptions({sqlQuery}));
    assertBox((await widgetSource.getExtent()).bbox, await boxOf(things()));
  });

  test('A column of another name, and one that is not there', async () => {
    const sqlQuery = `SELECT ST_Transform(geom, 3857) AS place FROM ${things()}`;
    const {widgetSource} = await vectorQuerySource(clientOptions({sqlQuery, spatialDataColumn: 'place'}));
    const {bbox} = await widgetSource.getExtent();
    const expected = await boxOf(things());
    bbox.forEach((side, i) => assert.ok(Math.abs(side - expected[i]) < 1e-6, `${bbox} is not ${expected}`));
    const response = await request(`${apiPath('stats', `${things()}/nothing`)}`);
    assert.equal(response.status, 400);
    assert.deepEqual(await response.json(), {error: 'Column not found', column_name: 'nothing'});
  });
});

suite('Statistics of a column', () => {
  test('Numbers of a sample table', async () => {
    const actual = await stats(['demo.airports', 'elevation_ft']);
    const expected = await row(`SELECT min(elevation_ft), max(elevation_ft), avg(elevation_ft)::float8, sum(elevation_ft),
      percentile_cont(ARRAY[0, 0.25, 0.5, 0.75, 1]) WITHIN GROUP (ORDER BY elevation_ft) AS q FROM demo.airports`);
    const {min, max, avg, sum, quantiles} = actual;
    assert.deepEqual({min, max, sum}, {min: expected.min, max: expected.max, sum: expected.sum});
    assert.ok(Math.abs(avg - expected.avg) < 1e-6);
    assert.deepEqual(quantiles[4], expected.q);
    assert.deepEqual([actual.attribute, actual.type], ['elevation_ft', 'Number']);
    for (let classes = 3; classes <= 20; classes++) assert.equal(quantiles[classes].length, classes + 1);
  });

  test('Categories of a query, the most frequent first', async () => {
    const q = 'SELECT continent FROM demo.countries';
    const {type, categories} = await stats(['continent'], {q});
    const expected = await rows('SELECT continent AS category, count(*) AS frequency FROM demo.countries GROUP BY 1 ORDER BY 2 DESC, 1');
    assert.equal(type, 'String');
    assert.deepEqual(categories, expected);
  });

  test('A column whose name needs every kind of escaping', async () => {
    const name = 'Odd "name" ñ';
    const {attribute, categories} = await stats([things(), name]);
    assert.equal(attribute, name);
    assert.ok(categories.some(({category, frequency}) => category === 'it\'s "x"' && frequency === 1));
    assert.ok(categories.some(({category}) => category === null));
  });

  test('NaN, infinity and null are no numbers', async () => {
    const {min, max} = await stats([things(), 'score']);
    assert.deepEqual({min, max}, {min: -1.5, max: 1e300});
  });
});
