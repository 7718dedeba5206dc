// From source functions to TileJSON: vectorTableSource and vectorQuerySource on every sample table.
import {suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {vectorQuerySource, vectorTableSource} from '@carto/api-client';
import {columnsOf, tables} from '../lib/demo.js';
import {clientOptions, connection, token} from '../lib/platform.js';
import {recording} from '../lib/recorder.js';
import {row} from '../lib/sql.js';
import {assertInstantiation, assertTilejson} from '../lib/tilejson.js';

const geometryTypes = {point: ['Point'], line: ['Line', 'LineString', 'MultiLineString'], polygon: ['Polygon', 'MultiPolygon']};

const sources = {
  table: (table, options) => vectorTableSource(clientOptions({tableName: table.name, ...options})),
  query: (table, options) => vectorQuerySource(clientOptions({sqlQuery: `SELECT * FROM ${table.name}`, ...options}))
};

suite('instantiation', () => {
  for (const [endpoint, source] of Object.entries(sources)) {
    for (const table of tables) {
      test(`${endpoint} ${table.name}: instantiation and TileJSON are as the contract says`, async () => {
        const {result, calls} = await recording(() => source(table));
        assert.equal(calls.length, 2, 'a source makes two requests');
        assert.ok(calls[0].url.includes(`/v3/maps/${connection}/${endpoint}?`));
        assertInstantiation(await calls[0].response.json());
        assertTilejson(result);
        assert.equal(result.accessToken, token);
        assert.equal(new URL(result.tiles[0]).searchParams.get('formatTiles'), 'binary');
      });

      test(`${endpoint} ${table.name}: columns, rows, bounds and kind of geometry are those of the table`, async () => {
        const {result, calls} = await recording(() => source(table));
        const instantiation = await calls[0].response.json();
        await assertColumns(result, table);
        assertAbout(instantiation.nrows, table.rowCount, 0.1 * table.rowCount, 'nrows');
        await assertBoundsOf(result, table);
        assertKind(result, table);
      });
    }
  }

  test('The cache value of a source is the one of its data URL', async () => {
    const cache = {};
    const {calls} = await recording(() => sources.table(tables[0], {cache}));
    assert.ok(Number.isSafeInteger(cache.value), `cache.value is ${cache.value}`);
    assert.equal(cache.value, Number(new URL(calls[1].url).searchParams.get('cache')));
  });

  test('Sources that differ have data URLs that differ', async () => {
    const variants = [
      {},
      {columns: ['name']},
      {tileResolution: 1},
      {filters: {name: {in: {values: ['x']}}}},
      {filters: {name: {in: {values: ['y']}}}},
      {prepareLabels: true}
    ];
    const urls = await Promise.all(
      variants.map(async (options) => {
        const {url} = await dataUrl(tables[1], options);
        return url;
      })
    );
    assert.equal(new Set(urls).size, variants.length, urls.join('\n'));
  });

  test('Tags and a client name are taken, and change nothing but the echo', async () => {
    const plain = await sources.table(tables[1]);
    const tagged = await sources.table(tables[1], {tags: {'tag-mapId': 'a&b', unknown: '1'}, clientId: 'contract&x'});
    assert.deepEqual(tagged.schema, plain.schema);
    assert.deepEqual(tagged.bounds, plain.bounds);
    // fetchMap parses the whole template as a query string, so that its first parameter is lost.
    assert.equal(new URLSearchParams(tagged.tiles[0]).get('client'), 'contract&x');
  });

  test('GET and POST of the same parameters give the same map', async () => {
    const options = {columns: ['id', 'name'], filters: {id: {between: {values: [[1, 5000]]}}}, tileResolution: 1, prepareLabels: true};
    const {result: posted, calls} = await recording(() => sources.table(tables[1], {...options, maxLengthURL: 10}));
    assert.deepEqual(calls.map((call) => call.init.method), ['POST', 'POST']);
    assert.deepEqual(posted.tiles, (await sources.table(tables[1], options)).tiles);
  });
});

/** One call alone: recordings of concurrent calls would mix. */
async function dataUrl(table, options) {
  const cache = new Map();
  await sources.table(table, {...options, localCache: {cache}});
  const keys = [...cache.keys()].map((key) => JSON.parse(key).baseUrl);
  return {url: keys.find((key) => !/\/table$/.test(key))};
}

async function assertColumns(result, table) {
  const expected = await columnsOf(table.name);
  assert.deepEqual(result.schema.map((field) => field.name), expected.map((column) => column.name));
  for (const [index, column] of expected.entries()) {
    assert.ok(column.types.includes(result.schema[index].type), `${column.name} (${column.database}) is ${result.schema[index].type}`);
  }
  const attributes = expected.filter((column) => column.database !== 'geometry').map((column) => column.name);
  // Points stand for all rows of their cell, and say how many.
  if (table.kind === 'point') attributes.push('_carto_point_density');
  const layer = result.tilestats.layers[0];
  assert.deepEqual(layer.attributes.map((attribute) => attribute.attribute).sort(), attributes.sort());
  assert.deepEqual(Object.keys(result.vector_layers[0].fields).sort(), attributes.sort());
}

/** Bounds may come from statistics: a twentieth of the extent is forgiven, and what lies beyond the Mercator square. */
async function assertBoundsOf({bounds}, table) {
  const extent = await row(`SELECT ST_XMin(e) AS west, greatest(ST_YMin(e), -85.06) AS south, ST_XMax(e) AS east, least(ST_YMax(e), 85.06) AS north
    FROM (SELECT ST_Extent(geom) AS e FROM ${table.name}) t`);
  const [west, south, east, north] = bounds;
  assertAbout(west, extent.west, 0.05 * (extent.east - extent.west), 'west');
  assertAbout(east, extent.east, 0.05 * (extent.east - extent.west), 'east');
  assertAbout(Math.max(south, -85.06), extent.south, 0.05 * (extent.north - extent.south), 'south');
  assertAbout(Math.min(north, 85.06), extent.north, 0.05 * (extent.north - extent.south), 'north');
}

function assertKind(result, table) {
  const {geometry} = result.tilestats.layers[0];
  assert.ok(geometryTypes[table.kind].includes(geometry), `tilestats says ${geometry}`);
}

function assertAbout(actual, expected, tolerance, what) {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what} is ${actual}, and should be about ${expected}`);
}
