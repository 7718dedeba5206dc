// Every widget method on table and query sources, against the library's own local implementation on the same rows, and psql.
import {before, suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {clientOptions} from '../lib/platform.js';
import {vectorQuerySource} from '@carto/api-client';
import {recording} from '../lib/recorder.js';
import {rows} from '../lib/sql.js';
import {assertClose, localSource, polygon, remoteSources, world} from '../lib/widgets.js';

const airports = 'demo.airports';
const streets = 'demo.montevideo_streets';
const europe = polygon([-12.5, 34.9, 31.7, 61.3]);
const operations = ['count', 'sum', 'avg', 'min', 'max'];
const orders = ['frequency_desc', 'frequency_asc', 'alphabetical_asc', 'alphabetical_desc'];
const filters = {
  type: {in: {values: ['large_airport', 'medium_airport'], owner: 'types'}},
  elevation_ft: {between: {values: [[-100, 500], [1000, null]]}}
};

/** Each case is asked of all sources with the same options: method, options, and how to compare. */
const same = {
  ...each(operations, (operation) => [`getFormula: ${operation}`, 'getFormula', {operation, column: 'elevation_ft'}]),
  'getFormula: count of rows': ['getFormula', {operation: 'count', column: '*'}],
  ...each(orders, (orderBy) => [`getCategories: ${orderBy}`, 'getCategories', {column: 'country', operation: 'count', orderBy}]),
  ...each(operations, (operation) => [
    `getCategories: ${operation} with others`, 'getCategories',
    {column: 'continent', operation, operationColumn: 'elevation_ft', othersThreshold: 3, orderBy: 'alphabetical_asc'}
  ]),
  'getCategories: raw': ['getCategories', {column: 'type', operation: 'count', rawResult: true}],
  ...each(operations, (operation) => [`getHistogram: ${operation}`, 'getHistogram', {column: 'elevation_ft', operation, ticks: [-10, 0, 100, 1000.5, 5000]}]),
  'getHistogram: one tick': ['getHistogram', {column: 'elevation_ft', operation: 'count', ticks: [250]}],
  'getRange': ['getRange', {column: 'elevation_ft'}],
  'getAggregations': ['getAggregations', {aggregations: [
    {column: 'elevation_ft', operation: 'sum', alias: 'total'}, {column: 'elevation_ft', operation: 'avg', alias: 'mean'}, {column: '*', operation: 'count', alias: 'n'}
  ]}]
};

function each(items, make) {
  return Object.fromEntries(items.map((item) => [make(item)[0], make(item).slice(1)]));
}

suite('widgets', () => {
  let remote;
  let locals;

  before(async () => {
    remote = await remoteSources(airports);
    locals = {all: await localSource(airports), europe: await localSource(airports, europe)};
  });

  for (const [name, [method, options]] of Object.entries(same)) {
    for (const kind of ['table', 'query']) {
      test(`${name} on a ${kind}`, async () => assertClose(await remote[kind][method](options), await locals.all[method](options), name));
      test(`${name} on a ${kind}, in a viewport and filtered`, async () => assertClose(
        await remote[kind][method]({...options, filters, spatialFilter: europe}), await locals.europe[method]({...options, filters}), name));
    }
  }

  for (const kind of ['table', 'query']) {
    test(`getScatter on a ${kind}: pairs of the rows, 500 at most`, async () => {
      const options = {xAxisColumn: 'id', yAxisColumn: 'elevation_ft'};
      const pairs = await remote[kind].getScatter(options);
      const known = new Set((await locals.all.getScatter(options)).map(String));
      assert.equal(pairs.length, 500);
      assert.ok(pairs.every((pair) => known.has(String(pair))));
      const few = {...options, filters: {continent: {in: {values: ['AN']}}}};
      assert.deepEqual(sorted(await remote[kind].getScatter(few)), sorted(await locals.all.getScatter(few)));
    });

    test(`getTable on a ${kind}: pages, sorted, with the total`, async () => {
      const expected = await rows(`SELECT id, name, elevation_ft FROM ${airports} WHERE continent = 'EU' ORDER BY elevation_ft DESC NULLS LAST, id`);
      const options = {columns: ['id', 'name', 'elevation_ft'], sortBy: 'elevation_ft', sortDirection: 'desc', limit: 300, filters: {continent: {in: {values: ['EU']}}}};
      const found = [];
      for (let offset = 0; offset < expected.length + 300; offset += 300) {
        const page = await remote[kind].getTable({...options, offset});
        assert.equal(page.totalCount, expected.length);
        found.push(...page.rows);
      }
      assert.deepEqual(found.map((row) => row.elevation_ft), expected.map((row) => row.elevation_ft));
      assert.deepEqual(byId(found), byId(expected));
    });

    test(`getFormula on a ${kind}: custom`, async () => {
      const [{value}] = await rows(`SELECT sum(elevation_ft) FILTER (WHERE scheduled_service) / count(*)::float8 AS value FROM ${airports}`);
      const operationExp = 'sum(elevation_ft) FILTER (WHERE scheduled_service) / count(*)::float8';
      assertClose(await remote[kind].getFormula({operation: 'custom', operationExp}), {value});
    });

    test(`getAggregations on a ${kind}: as text`, async () => {
      const {rows: found} = await remote[kind].getAggregations({aggregations: 'sum(elevation_ft) as Total, count(*) as n'});
      assert.deepEqual(found, await rows(`SELECT sum(elevation_ft) AS total, count(*) AS n FROM ${airports}`));
    });

    test(`getFeatures on a ${kind}: by ids, in their order`, async () => {
      const picked = await rows(`SELECT id, md5(ST_AsEWKB(geom)) AS shape FROM demo.countries ORDER BY id DESC LIMIT 3`);
      const countries = (await remoteSources('demo.countries'))[kind];
      const ids = picked.map((row) => row.shape);
      const {rows: found, metadata} = await countries.getFeatures({columns: ['_carto_feature_id', 'id'], dataType: 'polygons', featureIds: ids});
      assert.deepEqual(found, picked.map(({id, shape}) => ({_carto_feature_id: shape, id})));
      assert.deepEqual(metadata, {total: 3});
      assert.deepEqual(await countries.getFormula({operation: 'count', featureIds: ids, geometryType: 'polygons'}), {value: 3});
    });

    test(`An unknown column is named to a caller on a ${kind}`, async () => {
      await assert.rejects(remote[kind].getFormula({operation: 'sum', column: 'nowhere'}), (error) => {
        assert.equal(error.name, 'InvalidColumnError');
        assert.match(error.message, /Column not found nowhere/);
        return true;
      });
    });

    test(`A viewport of 10,000 vertices goes by POST on a ${kind}`, async () => {
      const ring = Array.from({length: 10_000}, (_, i) => [40 * Math.cos((2 * Math.PI * i) / 10_000), 40 * Math.sin((2 * Math.PI * i) / 10_000)]);
      const circle = {type: 'Polygon', coordinates: [[...ring, ring[0]]]};
      const [{n}] = await rows(`SELECT count(*) AS n FROM ${airports} WHERE ST_Intersects(geom, ST_GeomFromGeoJSON('${JSON.stringify(circle)}'))`);
      const {result, calls} = await recording(() => remote[kind].getFormula({operation: 'count', column: '*', spatialFilter: circle}));
      assert.equal(calls.at(-1).init.method, 'POST');
      assert.deepEqual(result, {value: n});
    });
  }

  test('The whole world as a viewport, folded at 180°', async () => {
    const folded = {type: 'MultiPolygon', coordinates: [polygon([0, -90, 180, 90]).coordinates, polygon([-180, -90, 0, 90]).coordinates]};
    const [{n}] = await rows(`SELECT count(*) AS n FROM ${airports}`);
    for (const spatialFilter of [world, folded, polygon([-179.9, -89.9, 179.9, 89.9])]) {
      const {value} = await remote.table.getFormula({operation: 'count', column: '*', spatialFilter});
      assert.ok(value > n - 20 && value <= n, `${value} of ${n}`);
    }
  });

  test('filterOwner leaves out the filters of that widget', async () => {
    const {table} = await remoteSources(airports, {filters});
    const {filters: _, ...options} = {column: 'type', operation: 'count'};
    assertClose(await table.getCategories({...options, filterOwner: 'types'}), await locals.all.getCategories({...options, filters: {elevation_ft: filters.elevation_ft}}));
  });

  test('queryParameters go with a query source', async () => {
    const {widgetSource} = await vectorQuerySource(clientOptions({sqlQuery: `SELECT * FROM ${airports} WHERE continent = $1`, queryParameters: ['EU']}));
    assert.deepEqual(
      await widgetSource.getFormula({operation: 'count', column: '*'}), await locals.all.getFormula({operation: 'count', filters: {continent: {in: {values: ['EU']}}}}));
  });
});

suite('time series', () => {
  let remote;
  let local;

  before(async () => {
    remote = await remoteSources(streets);
    local = await localSource(streets);
  });

  for (const stepSize of ['second', 'minute', 'hour', 'day', 'week', 'month', 'year']) {
    for (const operation of operations) {
      for (const kind of ['table', 'query']) {
        test(`getTimeSeries on a ${kind}: ${operation} by ${stepSize}`, async () => {
          const options = {column: 'edited_at', stepSize, operation, operationColumn: 'length_m'};
          const {rows: found} = await remote[kind].getTimeSeries(options);
          const {rows: expected} = await local.getTimeSeries(options);
          assertClose(found.map(({name, value}) => ({name: Date.parse(name), value})), expected, stepSize);
        });
      }
    }
  }

  test('getTimeSeries: split, with the categories listed', async () => {
    const {rows: found, categories} = await remote.table.getTimeSeries({
      column: 'edited_at', stepSize: 'year', operation: 'count', operationColumn: 'osm_id', splitByCategory: 'highway', splitByCategoryLimit: 3
    });
    const expected = await rows(`SELECT extract(year FROM edited_at)::int AS year, highway AS category, count(*) AS value FROM ${streets}
      WHERE highway IN (SELECT highway FROM ${streets} GROUP BY 1 ORDER BY count(*) DESC, highway LIMIT 3) GROUP BY 1, 2`);
    assert.equal(categories.length, 3);
    assert.deepEqual(
      found.map(({name, category, value}) => `${new Date(name).getUTCFullYear()} ${category} ${value}`).sort(),
      expected.map(({year, category, value}) => `${year} ${category} ${value}`).sort());
  });
});

const sorted = (pairs) => pairs.map(String).sort();
const byId = (found) => [...found].sort((a, b) => a.id - b.id);
