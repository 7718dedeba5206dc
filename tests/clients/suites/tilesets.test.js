// Tables of finished tiles: made by the platform's tiler and by hand, read by the client library's sources, layers and widgets.
import {before, suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {gzipSync} from 'node:zlib';
import {h3TilesetSource, quadbinTilesetSource, vectorTilesetSource} from '@carto/api-client';
import {latLngToCell, cellToParent} from 'h3-js';
import {cellToTile, tileToCell} from 'quadbin';
import {loadCells} from '../lib/cells.js';
import {featuresOf} from '../lib/features.js';
import {loadTile, tileUrl, withFormat} from '../lib/layer.js';
import {tileAt, tilesOver} from '../lib/mercator.js';
import {apiPath, clientOptions, queryString, request} from '../lib/platform.js';
import {scratchSchema} from '../lib/scratch.js';
import {execute, row, rows} from '../lib/sql.js';
import {makeTileset, tile, widgetTile} from '../lib/tilesets.js';
import {assertTilejson} from '../lib/tilejson.js';
import {assertClose, world} from '../lib/widgets.js';

const places = Array.from({length: 120}, (_, i) => [((i * 37.77) % 360) - 180, ((i * 23.3) % 170) - 85]);
const h3 = places.map(([lon, lat], i) => [latLngToCell(lat, lon, 5), i]);
const quadbin = places.map(([lon, lat], i) => [tileToCell(tileAt([lon, lat], 9)), i]);

const schema = scratchSchema(() => `
  CREATE TABLE h3 (cell text, n int);
  INSERT INTO h3 VALUES ${h3.map(([cell, n]) => `('${cell}', ${n})`)}, ('no cell', 1000000), (NULL, 1000000);
  CREATE TABLE quadbins (cell bigint, n int);
  INSERT INTO quadbins VALUES ${quadbin.map(([cell, n]) => `(${cell}, ${n})`)}, (7, 1000000), (NULL, 1000000);
  CREATE TABLE nothing (id int, geom geometry);
  CREATE TABLE looks_like_one (z int, x int, y int, data text);
  INSERT INTO looks_like_one VALUES (0, 0, 0, 'a note');
`);

const source = (create, name, options = {}) => create(clientOptions({tableName: name, ...options}));

/** All features of a zoom, by id. */
async function featuresOfZoom(tilejson, zoom, format = 'mvt') {
  const all = new Map();
  for (const address of tilesOver(tilejson.bounds, zoom)) {
    for (const feature of featuresOf(await loadTile(withFormat(tilejson, format), address))) all.set(feature.id, feature);
  }
  return all;
}

suite('simple tilesets', () => {
  let name;
  before(async () => {
    name = await makeTileset('CREATE_SIMPLE_TILESET', 'demo.countries', `${schema}.countries`, {zoom_min: 0, zoom_max: 3});
  });

  test('The TileJSON has bounds, zooms, and statistics of the very rows', async () => {
    const tilejson = await source(vectorTilesetSource, name);
    assertTilejson(tilejson);
    assert.deepEqual([tilejson.minzoom, tilejson.maxzoom], [0, 3]);
    assert.deepEqual(tilejson.fraction_dropped_per_zoom.length, 4);
    assert.match(tilejson.tiles[0], /formatTiles=mvt/);
    const [layer] = tilejson.tilestats.layers;
    const truth = await row('SELECT count(*)::int AS count, min(area_km2)::float8 AS min, max(area_km2)::float8 AS max, sum(area_km2)::float8 AS sum FROM demo.countries');
    assert.equal(layer.count, truth.count);
    const area = layer.attributes.find(({attribute}) => attribute === 'area_km2');
    assert.deepEqual([area.min, area.max], [truth.min, truth.max]);
    assertClose(area.sum, truth.sum);
    for (let buckets = 3; buckets <= 20; buckets++) assert.equal(area.quantiles[buckets].length, buckets + 1);
    const continent = layer.attributes.find(({attribute}) => attribute === 'continent');
    assert.deepEqual(continent.categories.map(({category, frequency}) => [category, frequency]),
      (await rows('SELECT continent AS c, count(*)::int AS n FROM demo.countries GROUP BY continent ORDER BY 2 DESC, continent COLLATE "C"')).map(({c, n}) => [c, n]));
  });

  for (const format of ['mvt', 'binary']) {
    test(`Every row is in the tiles with all its attributes, as ${format}`, async () => {
      const tilejson = await source(vectorTilesetSource, name);
      const found = await featuresOfZoom(tilejson, 3, format);
      const truth = await rows('SELECT id, name, area_km2::float8 FROM demo.countries');
      assert.deepEqual([...found.values()].map(({properties: {id, name, area_km2}}) => [id, name, area_km2]).sort(), truth.map(({id, name, area_km2}) => [id, name, area_km2]).sort());
    });
  }

  test('Widgets count a feature of several tiles once', async () => {
    const tilejson = await source(vectorTilesetSource, name);
    const tiles = await Promise.all(tilesOver(tilejson.bounds, 3).map(async (address) => widgetTile(address, await loadTile(tilejson, address))));
    const {widgetSource} = tilejson;
    widgetSource.loadTiles(tiles.filter(({data}) => data));
    const truth = await row('SELECT count(*)::int AS count, sum(area_km2)::float8 AS sum, max(area_km2)::float8 AS max FROM demo.countries');
    assert.equal((await widgetSource.getFormula({operation: 'count', spatialFilter: world})).value, truth.count);
    assertClose((await widgetSource.getFormula({column: 'area_km2', operation: 'sum', spatialFilter: world})).value, truth.sum);
    assert.equal((await widgetSource.getRange({column: 'area_km2', spatialFilter: world})).max, truth.max);
    const categories = await widgetSource.getCategories({column: 'continent', operation: 'count', spatialFilter: world});
    // A value that is absent from a tile is no category to the client.
    assert.deepEqual(new Map(categories.filter(({name}) => name).map(({name, value}) => [name, value])),
      new Map((await rows('SELECT continent AS c, count(*)::int AS n FROM demo.countries WHERE continent IS NOT NULL GROUP BY 1')).map(({c, n}) => [c, n])));
    assert.deepEqual((await widgetSource.getExtent()).bbox, tilejson.bounds);
  });

  test('A full tile keeps the important ones, always the same, and says how many it dropped', async () => {
    const options = {zoom_min: 0, zoom_max: 1, max_tile_features: 500, tile_feature_order: 'elevation_ft DESC NULLS LAST, id', properties: {id: 'Number', elevation_ft: 'Number'}};
    const full = await makeTileset('CREATE_SIMPLE_TILESET', 'demo.airports', `${schema}.highest`, options);
    const again = await makeTileset('CREATE_SIMPLE_TILESET', 'demo.airports', `${schema}.highest_again`, options);
    const tilejson = await source(vectorTilesetSource, full);
    const features = featuresOf(await loadTile(tilejson, {z: 0, x: 0, y: 0}));
    const truth = await rows('SELECT id FROM demo.airports WHERE geom IS NOT NULL ORDER BY elevation_ft DESC NULLS LAST, id LIMIT 500');
    assert.deepEqual(features.map(({properties}) => properties.id), truth.map(({id}) => id));
    const {n} = await row('SELECT count(*)::float8 AS n FROM demo.airports WHERE geom IS NOT NULL');
    assert.ok(Math.abs(tilejson.fraction_dropped_per_zoom[0] - (1 - 500 / n)) < 1e-5);
    assert.deepEqual(await row(`SELECT count(*)::int AS n FROM (SELECT z, x, y, data FROM ${full} WHERE z >= 0 EXCEPT SELECT z, x, y, data FROM ${again}) d`), {n: 0});
  });

  test('A tile keeps to its budget of bytes', async () => {
    const small = await makeTileset('CREATE_SIMPLE_TILESET', 'demo.airports', `${schema}.small`, {zoom_max: 2, max_tile_size_kb: 20});
    const tilejson = await source(vectorTilesetSource, small);
    for (const address of tilesOver(tilejson.bounds, 1)) {
      const body = await (await request(tileUrl(tilejson, address))).arrayBuffer();
      assert.ok(body.byteLength <= 20 * 1024, `${JSON.stringify(address)} has ${body.byteLength} bytes`);
    }
    assert.ok(tilejson.fraction_dropped_per_zoom[0] > 0.5);
  });
});

test('Aggregated points sum up to the table at every zoom', async () => {
  const name = await makeTileset('CREATE_POINT_AGGREGATION_TILESET', 'SELECT * FROM demo.populated_places', `${schema}.grid`, {
    zoom_min: 0, zoom_max: 3, aggregation_resolution: 5, properties: {people: {formula: 'sum(population)', type: 'Number'}, n: {formula: 'count(*)', type: 'Number'}}
  });
  const tilejson = await source(vectorTilesetSource, name);
  const truth = await row('SELECT count(*)::float8 AS n, sum(population)::float8 AS people FROM demo.populated_places WHERE geom IS NOT NULL');
  for (const zoom of [0, 3]) {
    const features = [...(await featuresOfZoom(tilejson, zoom)).values()];
    const sum = (key) => features.reduce((total, {properties}) => total + properties[key], 0);
    assert.deepEqual([sum('n'), sum('people')], [truth.n, truth.people], `zoom ${zoom}`);
    assert.ok(features.length <= 4 ** (zoom + 5));
  }
});

suite('tilesets of cells', () => {
  test('H3 cells are in the tile of their parent, summed up in cells of the level', async () => {
    const name = await makeTileset('CREATE_SPATIAL_INDEX_TILESET', `${schema}.h3`, `${schema}.h3_tiles`, {
      spatial_index_column: 'h3:cell', resolution_min: 0, aggregation_resolution: 3, properties: {n_sum: {formula: 'sum(n)', type: 'Number'}}
    });
    const tilejson = await source(h3TilesetSource, name);
    assert.deepEqual([tilejson.scheme, tilejson.minresolution, tilejson.maxresolution, tilejson.dataresolution], ['h3', 0, 2, 5]);
    for (const resolution of [0, 2]) {
      const expected = new Map();
      for (const [cell, n] of h3) expected.set(cellToParent(cell, resolution + 3), (expected.get(cellToParent(cell, resolution + 3)) ?? 0) + n);
      const found = new Map();
      for (const parent of new Set(h3.map(([cell]) => cellToParent(cell, resolution)))) {
        for (const {id, properties} of await loadCells('h3', tilejson, parent)) {
          assert.equal(cellToParent(id, resolution), parent);
          found.set(id, properties.n_sum);
        }
      }
      assert.deepEqual(new Map([...found].sort()), new Map([...expected].sort()), `resolution ${resolution}`);
    }
    const stats = tilejson.tilestats.layers[0].attributes[0];
    assert.equal(stats.sum, h3.reduce((sum, [, n]) => sum + n, 0));
    assert.equal(stats.quantiles.global[4].length, 5);
    tilejson.widgetSource.loadTiles(await Promise.all([...new Set(h3.map(([cell]) => cellToParent(cell, 2)))].map(async (id) => ({id, index: {i: id}, isVisible: true, data: await loadCells('h3', tilejson, id)}))));
    assert.equal((await tilejson.widgetSource.getFormula({column: 'n_sum', operation: 'sum'})).value, stats.sum);
  });

  test('Quadbin cells likewise', async () => {
    const name = await makeTileset('CREATE_SPATIAL_INDEX_TILESET', `${schema}.quadbins`, `${schema}.quadbin_tiles`, {
      spatial_index_column: 'quadbin:cell', resolution_min: 0, resolution_max: 3, aggregation_resolution: 6, properties: {n_sum: {formula: 'sum(n)', type: 'Number'}}
    });
    const tilejson = await source(quadbinTilesetSource, name);
    assert.deepEqual([tilejson.scheme, tilejson.minresolution, tilejson.maxresolution, tilejson.dataresolution], ['quadbin', 0, 3, 9]);
    const tiles = new Map(places.map((place) => tileAt(place, 3)).map((address) => [tileToCell(address), address]));
    const found = new Map();
    const loaded = [];
    for (const [cell, address] of tiles) {
      const data = await loadCells('quadbin', tilejson, cell);
      loaded.push({index: {q: cell}, isVisible: true, data});
      for (const {id, properties} of data) {
        const {x, y} = cellToTile(id);
        assert.deepEqual([x >> 6, y >> 6], [address.x, address.y]);
        found.set(id, properties.n_sum);
      }
    }
    const expected = new Map();
    for (const [cell, n] of quadbin) expected.set(cell, (expected.get(cell) ?? 0) + n);
    const ascending = ([a], [b]) => (a < b ? -1 : 1);
    assert.deepEqual([...found].sort(ascending), [...expected].sort(ascending));
    tilejson.widgetSource.loadTiles(loaded);
    assert.equal((await tilejson.widgetSource.getFormula({column: 'n_sum', operation: 'sum'})).value, quadbin.reduce((sum, [, n]) => sum + n, 0));
  });
});

suite('tilesets by other hands', () => {
  const hex = (bytes) => `'\\x${Buffer.from(bytes).toString('hex')}'`;
  const tiles = `SELECT 0 AS z, 0 AS x, 0 AS y, ST_AsMVT(t, 'countries', 4096, 'g', 'id') AS data FROM (
    SELECT id, name, area_km2::float8, ST_AsMVTGeom(ST_Transform(ST_ClipByBox2D(geom, ST_MakeEnvelope(-180, -85, 180, 85, 4326)), 3857), ST_TileEnvelope(0, 0, 0), 4096, 64, true) AS g FROM demo.countries) t`;

  test('Without metadata, bounds, layers and statistics come from the tiles', async () => {
    await execute(`CREATE TABLE ${schema}.bare AS ${tiles}`);
    const tilejson = await source(vectorTilesetSource, `${schema}.bare`);
    assertTilejson(tilejson);
    assert.equal(tilejson.vector_layers[0].id, 'countries');
    const stats = tilejson.tilestats.layers[0].attributes.find(({attribute}) => attribute === 'area_km2');
    assert.equal(stats.max, (await row('SELECT max(area_km2)::float8 AS max FROM demo.countries')).max);
    assert.ok(featuresOf(await loadTile(tilejson, {z: 0, x: 0, y: 0})).length > 200);
  });

  const metadata = {name: 'by hand', minzoom: 0, maxzoom: 0, bounds: '-10,-20,30,40', vector_layers: [{id: 'countries', minzoom: 0, maxzoom: 0, fields: {name: 'String'}}],
    tilestats: {layerCount: 1, layers: [{layer: 'countries', count: 7, attributeCount: 0, attributes: []}]}};
  const forms = {
    'a row of packed JSON': `CREATE TABLE NAME AS ${tiles}; INSERT INTO NAME VALUES (-1, -1, -1, ${hex(gzipSync(JSON.stringify(metadata)))})`,
    'a row of JSON': `CREATE TABLE NAME AS ${tiles}; INSERT INTO NAME VALUES (NULL, NULL, NULL, ${hex(JSON.stringify(metadata))})`,
    'a column': `CREATE TABLE NAME AS SELECT *, NULL::jsonb AS metadata FROM (${tiles}) t; INSERT INTO NAME VALUES (NULL, NULL, NULL, NULL, $j$${JSON.stringify(metadata)}$j$)`,
    'a comment': `CREATE TABLE NAME AS ${tiles}; COMMENT ON TABLE NAME IS $j$${JSON.stringify(metadata)}$j$`,
    'tiles as text': `CREATE TABLE NAME AS SELECT z, x, y, encode(data, 'base64') AS data FROM (${tiles}) t; INSERT INTO NAME VALUES (-1, 0, 0, $j$${JSON.stringify(metadata)}$j$)`
  };
  for (const [form, script] of Object.entries(forms)) {
    test(`Metadata in ${form}`, async () => {
      const name = `${schema}.${form.replaceAll(' ', '_')}`;
      await execute(script.replaceAll('NAME', name));
      const tilejson = await source(vectorTilesetSource, name);
      assert.deepEqual(tilejson.bounds, [-10, -20, 30, 40]);
      assert.equal(tilejson.name, 'by hand');
      assert.equal(tilejson.tilestats.layers[0].count, 7);
      assert.ok(featuresOf(await loadTile(tilejson, {z: 0, x: 0, y: 0})).length > 200);
    });
  }

  test('Cells that are stored as JSON come as CARTO tiles, and as they are', async () => {
    const parent = cellToParent(h3[0][0], 1);
    await execute(`CREATE TABLE ${schema}.json_cells (h3 text, data jsonb);
      INSERT INTO ${schema}.json_cells VALUES ('${parent}', '[{"id": "${h3[0][0]}", "properties": {"n": 3, "name": "one", "nothing": null}}]')`);
    const tilejson = await source(h3TilesetSource, `${schema}.json_cells`);
    assert.equal(tilejson.scheme, 'h3');
    assert.deepEqual((await loadCells('h3', tilejson, parent)).map(({id, properties}) => ({id, properties: {...properties}})), [{id: h3[0][0], properties: {n: 3, name: 'one'}}]);
    const json = await request(tilejson.tiles[0].replace('{i}', parent).replace('formatTiles=binary', 'formatTiles=json'));
    assert.equal((await json.json())[0].properties.name, 'one');
  });
});

suite('what is wrong', () => {
  const ask = async (path, parameters) => {
    const response = await request(`${apiPath('maps', path)}?${queryString(parameters)}`);
    return {status: response.status, body: response.status === 204 ? {} : await response.json()};
  };

  for (const name of ['demo.airports', 'nothing', 'looks_like_one']) {
    test(`${name} is no tileset`, async () => {
      const {status, body} = await ask('tileset', {name: name.includes('.') ? name : `${schema}.${name}`});
      assert.equal(status, 400);
      assert.match(body.error, /is no tileset/);
    });
  }

  test('Names, formats and addresses', async () => {
    const name = await makeTileset('CREATE_SIMPLE_TILESET', 'demo.airports', `${schema}.airports`, {zoom_max: 1});
    assert.equal((await ask('tileset', {})).status, 400);
    assert.equal((await ask('tileset', {name: `${schema}.missing`})).status, 404);
    assert.equal((await ask('tileset', {name, format: 'geojson'})).status, 400);
    assert.equal((await ask('tileset/0/0/0', {name, formatTiles: 'json'})).status, 400);
    assert.equal((await ask('tileset/0/1/0', {name})).status, 404);
    assert.equal((await ask('tileset/a/0/0', {name})).status, 400);
    assert.equal((await ask('tileset/9/0/0', {name})).status, 204);
    assert.equal((await ask('tileset/480fffffffffffff', {name})).status, 400);
  });

  test('A job that cannot be done says why, and leaves nothing', async () => {
    const cases = [
      ['demo.airports', `${schema}.x`, {zoom_max: 99}, /finest zoom/],
      ['demo.airports', `${schema}.x`, {colour: 'red'}, /colour is not known/],
      ['demo.airports', `${schema}.x`, {properties: {missing: 'String'}}, /no column missing/],
      ['demo.missing', `${schema}.x`, {}, /does not exist/],
      ['demo.airports', 'no_schema.x', {}, /no schema no_schema/],
      [`${schema}.h3`, `${schema}.x`, {}, /no column geom/]
    ];
    for (const [input, output, options, error] of cases) {
      const job = await tile('CREATE_SIMPLE_TILESET', input, output, options);
      assert.equal(job.status, 'failure');
      assert.match(job.error, error);
    }
    assert.deepEqual(await row(`SELECT count(*)::int AS n FROM pg_class WHERE relkind = 'r' AND relname LIKE 'carto\\_tiling\\_%' AND relnamespace = '${schema}'::regnamespace`), {n: 0});
  });
});
