// Maps that people keep, as fetchMap() of the unmodified client reads them and @deck.gl/carto draws them.
import {suite, test, before, after} from 'node:test';
import assert from 'node:assert/strict';
import {fetchMap} from '@carto/api-client';
import {fetchMap as fetchLayers, RasterTileLayer, VectorTileLayer} from '@deck.gl/carto';
import {tileToCell} from 'quadbin';
import {featuresOf} from '../lib/features.js';
import {loadTile} from '../lib/layer.js';
import {rowsBehind} from '../lib/tiles.js';
import {airports, call, config, createMap, deleteMaps, layer} from '../lib/maps.js';
import {apiPath, baseUrl, connection, queryString, token} from '../lib/platform.js';
import {recording} from '../lib/recorder.js';
import {scratchSchema} from '../lib/scratch.js';
import {row} from '../lib/sql.js';
import {makeTileset} from '../lib/tilesets.js';

after(deleteMaps);

const heights = Uint8Array.from({length: 16}, (_, i) => i * 10);
const rasterMetadata = {
  bounds: [-90, 0, 0, 66.5], center: [-45, 33, 2], width: 4, height: 4, block_width: 4, block_height: 4, num_blocks: 1, num_pixels: 16, pixel_resolution: 4, block_resolution: 2,
  minresolution: 2, maxresolution: 2, nodata: 255, compression: null,
  bands: [{name: 'height', type: 'uint8', nodata: 255, colorinterp: 'gray', stats: {min: 0, max: 150, mean: 75, stddev: 46, sum: 1200, sum_squares: 124000, count: 16}}]
};
const schema = scratchSchema(() => `
  CREATE TABLE heights (block bigint PRIMARY KEY, metadata text, height bytea);
  INSERT INTO heights VALUES (0, $j$${JSON.stringify(rasterMetadata)}$j$, NULL), (${tileToCell({z: 2, x: 1, y: 1})}, NULL, '\\x${Buffer.from(heights).toString('hex')}'::bytea);
`);

const options = (id, overrides) => ({apiBaseUrl: baseUrl, cartoMapId: id, ...overrides});

async function assertRefused(promise, status, error) {
  await assert.rejects(promise, (thrown) => {
    assert.equal(thrown.response.status, status);
    assert.match(thrown.responseJson.error, error);
    assert.match(thrown.message, /^Public map API request failed/);
    return true;
  });
}

suite('fetchMap', () => {
  let open;
  before(async () => {
    open = await createMap({
      title: 'Airports', description: 'of the sample',
      datasets: [
        airports,
        {id: 'q1', type: 'query', source: 'SELECT * FROM demo.airports WHERE country_code = $1', queryParameters: ['UY'], connectionName: connection, geoColumn: 'geom'},
        {id: 'h1', type: 'table', source: 'demo.airports', connectionName: connection, geoColumn: 'h3:geom', aggregationExp: 'count(*) AS n', aggregationResLevel: 4}
      ],
      keplerMapConfig: config([
        layer('l1', 'tileset', 'd1', {colorField: {name: 'elevation_ft', type: 'integer'}, colorScale: 'quantile'}),
        layer('l2', 'mvt', 'q1', {colorField: {name: 'type', type: 'string'}, colorScale: 'ordinal'}),
        layer('l3', 'h3', 'h1', {})
      ], {filters: {d1: {type: {in: {values: ['large_airport']}}}}}),
      privacy: 'public'
    });
  });

  test('A public map opens without a token, with its own for the data', async () => {
    const map = await fetchMap(options(open.id));

    assert.equal(map.title, 'Airports');
    assert.equal(map.description, 'of the sample');
    assert.deepEqual(map.layers.map(({type}) => type), ['h3', 'mvt', 'tileset']);
    assert.notEqual(map.token, token);
    assert.equal(map.initialViewState.zoom, 2);
  });

  test('Every layer of it draws: filters, parameters and cells as the map has them', async () => {
    const map = await fetchMap(options(open.id));
    const [cells, query, table] = map.layers.map((found) => found.props.data);

    const large = await row("SELECT count(*) AS count FROM demo.airports WHERE type = 'large_airport'");
    const ofCountry = await row("SELECT count(*) AS count FROM demo.airports WHERE country_code = 'UY'");
    assert.equal(rowsBehind(featuresOf(await loadTile(table, {z: 0, x: 0, y: 0}))), large.count);
    assert.equal(rowsBehind(featuresOf(await loadTile(query, {z: 0, x: 0, y: 0}))), ofCountry.count);
    assert.equal(cells.scheme, 'h3');
    assert.equal(table.accessToken, map.token);
  });

  test('Styled columns get their domains from the whole column', async () => {
    const map = await fetchMap(options(open.id));
    const attributes = map.layers.at(-1).props.data.tilestats.layers[0].attributes;

    const {min, max} = await row('SELECT min(elevation_ft) AS min, max(elevation_ft) AS max FROM demo.airports');
    const stats = attributes.find(({attribute}) => attribute === 'elevation_ft');
    assert.deepEqual([stats.min, stats.max], [min, max]);
    assert.equal(stats.quantiles[6].length, 7);
    const kinds = map.layers[1].props.data.tilestats.layers[0].attributes.find(({attribute}) => attribute === 'type');
    assert.ok(kinds.categories.length > 1);
  });

  test('@deck.gl/carto makes layers of it', async () => {
    const {layers} = await fetchLayers(options(open.id));

    assert.equal(layers.length, 3);
    assert.ok(layers[2] instanceof VectorTileLayer);
    assert.equal(layers[2].props.id, 'l1');
  });

  test('Every request about its data says which map it is for', async () => {
    const {calls} = await recording(() => fetchMap(options(open.id, {headers: {'Cache-Control': 'no-cache', 'X-Again': 'tags'}})));

    const aboutData = calls.map(({url}) => new URL(url)).filter(({pathname}) => !pathname.includes('/maps/public/'));
    assert.ok(aboutData.length >= 6, `${aboutData.length} requests`);
    assert.ok(aboutData.every(({searchParams}) => searchParams.get('tag-mapId') === open.id || searchParams.get('format') === 'tilejson'));
  });

  test('autoRefresh brings new data, with a condition that is answered in full', async () => {
    const {map, refreshed} = await new Promise((resolve, reject) => {
      const opened = fetchMap(options(open.id, {
        autoRefresh: 0.2, onNewData: (refreshed) => opened.then((map) => resolve({map, refreshed}))
      }));
      opened.catch(reject);
    });
    map.stopAutoRefresh();

    assert.equal(refreshed.layers.length, 3);
  });

  test('A small maxLengthURL makes POST of everything, and changes nothing', async () => {
    const map = await fetchMap(options(open.id, {maxLengthURL: 10}));
    assert.equal(map.layers.length, 3);
  });

  test('An unknown map is 404, a private one 401 without a token', async () => {
    const closed = await createMap({datasets: [airports], keplerMapConfig: config([])});

    await assertRefused(fetchMap(options('2f1c7f0e-6d0b-4c55-9a3e-0c1b8a7d4e21')), 404, /no map/);
    await assertRefused(fetchMap(options('nothing')), 404, /no map/);
    await assertRefused(fetchMap(options(closed.id)), 401, /^Token not defined$/);
  });

  test('A private map opens with a token, and its tiles take both tokens', async () => {
    const closed = await createMap({datasets: [airports], keplerMapConfig: config([layer('l1', 'tileset', 'd1', {colorField: {name: 'elevation_ft', type: 'integer'}, colorScale: 'quantile'})])});

    const map = await fetchMap(options(closed.id, {accessToken: token}));
    const {data} = map.layers[0].props;
    for (const accessToken of [token, map.token]) {
      const tile = await fetch(data.tiles[0].replace('{z}/{x}/{y}', '0/0/0'), {headers: {Authorization: `Bearer ${accessToken}`}});
      assert.equal(tile.status, 200);
    }
    // The map's own token opens it, too, and another map not.
    assert.equal((await fetchMap(options(closed.id, {accessToken: map.token}))).title, map.title);
    const other = await createMap({datasets: [airports], keplerMapConfig: config([])});
    await assertRefused(fetchMap(options(other.id, {accessToken: map.token})), 403, /permissions/);
  });

  test('The token of a map reads its datasets and nothing else', async () => {
    const map = await fetchMap(options(open.id));
    const status = async (path) => (await fetch(new URL(path, baseUrl), {headers: {Authorization: `Bearer ${map.token}`}})).status;

    assert.equal(await status(`${apiPath('maps', 'table')}?name=demo.airports`), 200);
    assert.equal(await status(`${apiPath('stats', 'demo.airports/type')}`), 200);
    for (const path of [
      `${apiPath('maps', 'table')}?name=demo.countries`,
      `${apiPath('maps', 'query')}?${queryString({q: 'SELECT * FROM demo.airports'})}`,
      `${apiPath('maps', 'query')}?${queryString({q: "SELECT * FROM demo.airports WHERE country_code = 'UY'"})}`,
      `${apiPath('sql', 'query')}?${queryString({q: 'SELECT * FROM demo.airports'})}`,
      '/v3/maps', `/v3/maps/${open.id}`, '/v3/audit'
    ]) assert.equal(await status(path), 403, path);
  });

  test('A token that covers the datasets of a private map opens it', async () => {
    const {accessToken} = await (await fetch(new URL('/demo/config.json', baseUrl))).json();
    const closed = await createMap({datasets: [airports], keplerMapConfig: config([])});
    // Not the demo page's: everybody has that one.
    await assertRefused(fetchMap(options(closed.id, {accessToken})), 403, /permissions/);
  });

  test('A map with a password asks for it', async () => {
    const map = await createMap({datasets: [airports], keplerMapConfig: config([layer('l1', 'tileset', 'd1', {})]), privacy: 'password', password: 'open sesame'});

    await assertRefused(fetchMap(options(map.id)), 401, /password/i);
    await assertRefused(fetchMap(options(map.id, {headers: {'X-Map-Password': 'wrong'}})), 401, /^Wrong password$/);
    const opened = await fetchMap(options(map.id, {headers: {'X-Map-Password': 'open sesame'}}));
    assert.equal(featuresOf(await loadTile(opened.layers[0].props.data, {z: 0, x: 0, y: 0})).length > 0, true);
    const text = JSON.stringify(await (await call('GET', `/v3/maps/${map.id}`)).json());
    assert.ok(!text.includes('open sesame') && !text.includes('assword_hash') && !text.includes('asswordHash'), text);
  });

  test('What is published stays until it is published again', async () => {
    const map = await createMap({title: 'First', datasets: [airports], keplerMapConfig: config([layer('l1', 'tileset', 'd1', {})]), privacy: 'public'});
    await call('PATCH', `/v3/maps/${map.id}`, {title: 'Second', datasets: [{...airports, source: 'demo.countries', columns: ['name']}]});

    const before = await fetchMap(options(map.id, {headers: {'Cache-Control': 'no-cache'}}));
    assert.equal(before.title, 'First');
    assert.equal((await fetchMap(options(map.id, {accessToken: token}))).title, 'First');
    await call('POST', `/v3/maps/${map.id}/publish`);
    assert.equal((await fetchMap(options(map.id, {headers: {'X-Again': '1'}}))).title, 'Second');
  });

  test('A map that is private again is closed to those who had its token', async () => {
    const map = await createMap({datasets: [airports], keplerMapConfig: config([]), privacy: 'public'});
    const {token: mapToken} = await fetchMap(options(map.id));
    await call('POST', `/v3/maps/${map.id}/privacy`, {privacy: 'private'});

    await assertRefused(fetchMap(options(map.id, {headers: {'X-Again': '1'}})), 401, /^Token not defined$/);
    // What the services know of a token is a second old at most.
    const deadline = Date.now() + 5000;
    let status;
    do {
      status = (await fetch(new URL(`${apiPath('maps', 'table')}?name=demo.airports`, baseUrl), {headers: {Authorization: `Bearer ${mapToken}`}})).status;
    } while (status === 200 && Date.now() < deadline);
    assert.equal(status, 401);
  });

  test('A map of a tileset and a raster opens to all, and both draw with its token', async () => {
    const countries = await makeTileset('CREATE_SIMPLE_TILESET', 'demo.countries', `${schema}.countries`, {zoom_min: 0, zoom_max: 2});
    const map = await createMap({
      datasets: [
        {id: 't1', type: 'tileset', source: countries, connectionName: connection, geoColumn: 'geom'},
        {id: 'r1', type: 'raster', source: `${schema}.heights`, connectionName: connection}
      ],
      keplerMapConfig: config([layer('l1', 'tileset', 't1', {}), layer('l2', 'raster', 'r1', {})]),
      privacy: 'public'
    });

    const opened = await fetchMap(options(map.id));
    const [raster, tileset] = opened.layers.map((found) => found.props.data);
    const drawn = await fetchLayers(options(map.id));

    assert.ok(featuresOf(await loadTile(tileset, {z: 0, x: 0, y: 0})).length > 100);
    assert.equal(tileset.accessToken, opened.token);
    assert.deepEqual(raster.raster_bands, ['height']);
    const template = raster.tiles[0];
    const block = await fetch(template.replace('{i}', tileToCell({z: 2, x: 1, y: 1}).toString(16)), {headers: {Authorization: `Bearer ${opened.token}`}});
    assert.equal(block.status, 200, template);
    assert.ok(drawn.layers[0] instanceof RasterTileLayer && drawn.layers[1] instanceof VectorTileLayer);
    // And nothing of what stands beside them.
    const beside = await fetch(new URL(`${apiPath('maps', 'table')}?name=demo.countries`, baseUrl), {headers: {Authorization: `Bearer ${opened.token}`}});
    assert.equal(beside.status, 403);
  });
});
