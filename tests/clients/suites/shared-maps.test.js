// Maps that are for some: what fetchMap() of the unmodified client shows members, and how it and what it has left in the cache refuse others.
import {suite, test, before, after} from 'node:test';
import assert from 'node:assert/strict';
import {fetchMap} from '@carto/api-client';
import {featuresOf} from '../lib/features.js';
import {loadTile} from '../lib/layer.js';
import {airports, call, config, createMap, deleteMaps, layer} from '../lib/maps.js';
import {apiPath, baseUrl, connection, queryString} from '../lib/platform.js';
import {recording} from '../lib/recorder.js';
import {deleteUsers, signedIn} from '../lib/sessions.js';

const noToken = [401, /^Token not defined$/];
const wrongPassword = [401, /^Wrong password$/];
const forbidden = [403, /^You don't have permissions to read this resource$/];
const datasets = [
  airports,
  {id: 'q1', type: 'query', source: 'SELECT * FROM demo.airports WHERE country_code = $1', queryParameters: ['UY'], connectionName: connection, geoColumn: 'geom'}
];
const document = {
  title: 'For some', datasets,
  keplerMapConfig: config([
    layer('l1', 'tileset', 'd1', {colorField: {name: 'elevation_ft', type: 'integer'}, colorScale: 'quantile'}),
    layer('l2', 'mvt', 'q1', {colorField: {name: 'type', type: 'string'}, colorScale: 'ordinal'})
  ])
};
const cookieOf = ({cookie}) => ({headers: {Cookie: cookie}});
// What is in the client's own memory proves nothing: another header each time makes it ask.
const open = (map, {headers, ...who}) => fetchMap({apiBaseUrl: baseUrl, cartoMapId: map.id, headers: {...headers, 'X-Again': crypto.randomUUID()}, ...who});

async function refuse(map, who, [status, error]) {
  await assert.rejects(open(map, who), (thrown) => {
    assert.equal(thrown.response.status, status);
    assert.match(thrown.responseJson.error, error);
    assert.match(thrown.message, new RegExp(`^Public map API request failed[^]*Unauthorized access \\(${status}\\)`));
    return true;
  });
}

/** Opens and draws the map, twice: the second time out of the cache. Tells the addresses that were asked for its data, and its token. */
async function draw(map, who) {
  const {result, calls} = await recording(async () => {
    for (let i = 0; i < 2; i++) {
      const opened = await open(map, who);
      assert.equal(opened.title, document.title);
      assert.deepEqual(opened.layers.map(({type}) => type), ['mvt', 'tileset']);
      for (const found of opened.layers) assert.ok(featuresOf(await loadTile(found.props.data, {z: 0, x: 0, y: 0})).length > 0);
      if (i === 1) return opened;
    }
  });
  const urls = [...new Set(calls.map(({url}) => String(url)))].filter((url) => url.startsWith(baseUrl) && !url.includes('/maps/public/'));
  return {token: result.token, urls};
}

/** The addresses of its data, warm as they are, for somebody with another token or none. */
async function refuseAll(urls, token, [status, error]) {
  assert.ok(urls.length >= 8, `${urls.length} addresses: instantiation, TileJSON, tile and statistics of both`);
  for (const url of urls) {
    const answer = await fetch(url, {headers: token ? {Authorization: `Bearer ${token}`} : {}});
    assert.equal(answer.status, status, url);
    assert.match((await answer.json()).error, error);
    assert.notEqual(answer.headers.get('X-Cache'), 'HIT', url);
  }
}

suite('shared maps', () => {
  let member;
  let stranger;
  let narrow;
  before(async () => {
    [member, stranger] = await Promise.all([signedIn('Viewer'), signedIn('Viewer')]);
    narrow = (await (await call('POST', '/v3/tokens', {grants: [{connection_name: connection, source: 'demo.countries'}]})).json());
  });
  after(async () => {
    await deleteMaps();
    await deleteUsers();
    await call('DELETE', `/v3/tokens/${narrow.id}`);
  });

  test('A map of the organisation opens to each of its users, and to nobody else', async () => {
    const map = await createMap({...document, privacy: 'organization'});

    const {token, urls} = await draw(map, cookieOf(member));
    await draw(map, cookieOf(stranger));

    await refuse(map, {}, noToken);
    await refuse(map, {accessToken: narrow.token}, forbidden);
    await refuseAll(urls, null, noToken);
    await refuseAll(urls, narrow.token, forbidden);
    await call('POST', `/v3/maps/${map.id}/privacy`, {privacy: 'private'});
    await refuse(map, cookieOf(member), forbidden);
    await refuseAll(urls, token, [401, /^Invalid token$/]);
  });

  test('A map of a group opens to its members while they are in it', async () => {
    const group = await (await call('POST', '/v3/groups', {name: `group ${crypto.randomUUID()}`})).json();
    await call('PUT', `/v3/groups/${group.id}/members/${member.id}`);
    const map = await createMap({...document, privacy: 'groups', groups: [group.id]});

    const {token, urls} = await draw(map, cookieOf(member));

    await refuse(map, cookieOf(stranger), forbidden);
    await refuse(map, {}, noToken);
    await refuse(map, {accessToken: narrow.token}, forbidden);
    await refuseAll(urls, null, noToken);
    await refuseAll(urls, narrow.token, forbidden);
    await call('DELETE', `/v3/groups/${group.id}/members/${member.id}`);
    await refuse(map, cookieOf(member), forbidden);
    await refuseAll(urls, token, [401, /^Invalid token$/]);
    await call('DELETE', `/v3/groups/${group.id}`);
  });

  test('A map with a password opens to those who say it', async () => {
    const map = await createMap({...document, privacy: 'password', password: 'open sesame'});
    const saying = (password) => ({headers: {'X-Map-Password': password}});

    const {token, urls} = await draw(map, saying('open sesame'));

    await refuse(map, {}, [401, /password/i]);
    await refuse(map, cookieOf(stranger), [401, /password/i]);
    for (const wrong of ['Open sesame', 'open sesame!', "' OR 1=1 --"]) await refuse(map, saying(wrong), wrongPassword);
    await refuseAll(urls, null, noToken);
    await refuseAll(urls, narrow.token, forbidden);
    await call('POST', `/v3/maps/${map.id}/privacy`, {privacy: 'password', password: 'close sesame'});
    await refuse(map, saying('open sesame'), wrongPassword);
    await refuseAll(urls, token, [401, /^Invalid token$/]);
    await draw(map, saying('close sesame'));
  });

  test('Its token reads what is beside its datasets as little as a public map\'s', async () => {
    const map = await createMap({...document, privacy: 'organization'});
    const {token} = await draw(map, cookieOf(member));

    for (const path of [
      `${apiPath('maps', 'table')}?name=demo.countries`, `${apiPath('sql', 'query')}?${queryString({q: 'SELECT 1'})}`, '/v3/maps', '/v3/users', '/v3/tokens',
      `${apiPath('maps', 'query')}?${queryString({q: `${datasets[1].source} OR true`, queryParameters: '["UY"]'})}`
    ]) assert.equal((await fetch(new URL(path, baseUrl), {headers: {Authorization: `Bearer ${token}`}})).status, 403, path);
  });
});
