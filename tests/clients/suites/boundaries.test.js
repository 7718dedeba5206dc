// Counties of the United States as boundaries: geometry of a tileset, joined with values of a table or a query by deck.gl's own layer.
import {before, suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {boundaryQuerySource, boundaryTableSource} from '@carto/api-client';
import {feature} from 'topojson-client';
import {loadTile} from '../lib/layer.js';
import {tilesOver} from '../lib/mercator.js';
import {apiPath, clientOptions, queryString, request} from '../lib/platform.js';
import {scratchSchema} from '../lib/scratch.js';
import {literal, rows} from '../lib/sql.js';
import {makeTileset} from '../lib/tilesets.js';

const atlas = JSON.parse(readFileSync(new URL('../node_modules/us-atlas/counties-10m.json', import.meta.url), 'utf8'));
const counties = feature(atlas, atlas.objects.counties).features;
const value = (geoid) => Number(geoid) % 997;

const schema = scratchSchema(() => `
  CREATE TABLE counties (geoid text, geom geometry);
  INSERT INTO counties VALUES ${counties.map(({id, geometry}) => `(${literal(id)}, ST_SetSRID(ST_GeomFromGeoJSON(${literal(JSON.stringify(geometry))}), 4326))`).join(',')};
  CREATE TABLE numbers (geoid text PRIMARY KEY, value float8, name text, state int);
  INSERT INTO numbers SELECT geoid, geoid::int % 997, 'county ' || geoid, geoid::int / 1000 FROM counties WHERE geoid <> '06037';
  CREATE TABLE by_number AS SELECT geoid::int AS geoid, value FROM numbers;
  CREATE TABLE without_key AS SELECT value FROM numbers;
`);

suite('boundaries', () => {
  const names = () => ({tilesetTableName: `${schema}.county_tiles`, propertiesTableName: `${schema}.numbers`});
  before(async () => {
    await makeTileset('CREATE_SIMPLE_TILESET', `${schema}.counties`, `${schema}.county_tiles`, {zoom_min: 2, zoom_max: 4});
  });

  /** What is drawn of each county in the tiles of a zoom: its values, by geoid of the geometry. */
  async function drawn(tilejson, zoom) {
    const found = new Map();
    for (const address of tilesOver(tilejson.bounds, zoom)) {
      const bare = await loadTile({...tilejson, properties_tiles: undefined}, address);
      const joined = await loadTile(tilejson, address);
      if (bare === null) continue;
      const {featureIds, polygonIndices, positions} = joined.polygons;
      assert.equal(joined.polygons.properties.length, bare.polygons.properties.length);
      for (const [, {value: numbers}] of Object.entries(joined.polygons.numericProps)) assert.equal(numbers.length, positions.value.length / 2);
      for (let i = 0; i < polygonIndices.value.length - 1; i++) {
        const vertex = polygonIndices.value[i];
        const place = featureIds.value[vertex];
        const numbers = Object.fromEntries(Object.entries(joined.polygons.numericProps).map(([key, {value: all}]) => [key, all[vertex]]));
        found.set(bare.polygons.properties[place].geoid, {...joined.polygons.properties[place], ...numbers});
      }
    }
    return found;
  }

  test('The TileJSON names both kinds of tiles', async () => {
    const tilejson = await boundaryTableSource(clientOptions({...names(), columns: ['value', 'name']}));
    assert.match(tilejson.tiles[0], /\/boundary\/\{z\}\/\{x\}\/\{y\}\?.*formatTiles=binary/);
    assert.match(tilejson.properties_tiles[0], /\/boundary\/properties\/\{z\}\/\{x\}\/\{y\}\?/);
    assert.deepEqual([tilejson.minzoom, tilejson.maxzoom], [2, 4]);
    assert.deepEqual(tilejson.schema, [{name: 'geom', type: 'geometry'}, {name: 'geoid', type: 'string'}, {name: 'value', type: 'number'}, {name: 'name', type: 'string'}]);
  });

  test('Each county has its own row of the table', async () => {
    const tilejson = await boundaryTableSource(clientOptions({...names(), columns: ['value', 'name']}));
    const found = await drawn(tilejson, 4);
    assert.ok(found.size > counties.length * 0.97, `only ${found.size} counties are drawn`);
    for (const [geoid, properties] of found) {
      if (geoid === '06037') assert.ok(Number.isNaN(properties.value) && properties.name === undefined);
      else assert.deepEqual({...properties}, {value: value(geoid), name: `county ${geoid}`});
    }
  });

  test('Rows of a query with parameters, filtered; the others stay bare', async () => {
    const tilejson = await boundaryQuerySource(clientOptions({
      tilesetTableName: `${schema}.county_tiles`, propertiesSqlQuery: `SELECT geoid, value * $1 AS tenfold, state FROM ${schema}.numbers -- all of them`,
      queryParameters: [10], columns: ['tenfold'], filters: {state: {in: {values: [6, 48]}}}
    }));
    for (const [geoid, {tenfold}] of await drawn(tilejson, 3)) {
      const isIn = (geoid.startsWith('06') || geoid.startsWith('48')) && geoid !== '06037';
      assert.ok(isIn ? tenfold === 10 * value(geoid) : Number.isNaN(tenfold), `${geoid}: ${tenfold}`);
    }
  });

  test('A key of another type finds the same, and a long query goes by its id', async () => {
    const padding = `/* ${'x'.repeat(4000)} */`;
    const tilejson = await boundaryQuerySource(clientOptions({tilesetTableName: `${schema}.county_tiles`, propertiesSqlQuery: `SELECT lpad(geoid::text, 5, '0') AS geoid, value ${padding} FROM ${schema}.by_number`}));
    assert.ok(tilejson.properties_tiles[0].length < 2000);
    for (const [geoid, {value: number}] of await drawn(tilejson, 3)) if (geoid !== '06037') assert.equal(number, value(geoid));
  });

  test('A tile outside is empty in both, and what is wrong is told', async () => {
    const ask = async (path, parameters) => (await request(`${apiPath('maps', path)}?${queryString(parameters)}`)).status;
    assert.equal(await ask('boundary/5/31/31', {tilesetTableName: names().tilesetTableName}), 204);
    assert.equal(await ask('boundary/properties/5/31/31', names()), 204);
    assert.equal(await ask('boundary', {tilesetTableName: names().tilesetTableName}), 400);
    assert.equal(await ask('boundary', {...names(), propertiesSqlQuery: 'SELECT 1'}), 400);
    assert.equal(await ask('boundary', {...names(), propertiesTableName: `${schema}.without_key`}), 400);
    assert.equal(await ask('boundary', {...names(), propertiesTableName: `${schema}.missing`}), 404);
    assert.equal(await ask('boundary', {...names(), tilesetTableName: `${schema}.numbers`}), 400);
    assert.equal(await ask('boundary', {...names(), columns: 'nope'}), 400);
    assert.deepEqual(await rows('SELECT 1 AS one'), [{one: 1}]);
  });

  test('Both sources must be the caller\'s to read', async () => {
    assert.equal((await request(`${apiPath('maps', 'boundary')}?${queryString(names())}`, {headers: {Authorization: 'Bearer nonsense'}})).status, 401);
  });
});
