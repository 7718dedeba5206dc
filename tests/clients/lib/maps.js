// Maps in the workspace, made for a test and deleted after it.
import assert from 'node:assert/strict';
import {connection, request} from './platform.js';

const made = [];

/** A request to the workspace that must succeed, unless the status says otherwise. */
export async function call(method, path, body, status) {
  const response = await request(path, {
    method,
    headers: {'Content-Type': 'application/json'},
    body: body === undefined ? undefined : JSON.stringify(body)
  });
  if (status) assert.equal(response.status, status, await response.clone().text());
  else assert.ok(response.ok, `${method} ${path}: ${response.status} ${await response.clone().text()}`);
  return response;
}

export async function createMap(document) {
  const map = await (await call('POST', '/v3/maps', document)).json();
  made.push(map.id);
  return map;
}

export async function deleteMaps() {
  for (const id of made.splice(0)) await request(`/v3/maps/${id}`, {method: 'DELETE'});
}

export const airports = {
  id: 'd1', type: 'table', source: 'demo.airports', connectionName: connection, geoColumn: 'geom', columns: ['name', 'type', 'elevation_ft'],
  aggregationExp: null, aggregationResLevel: null, queryParameters: null, label: 'Airports', color: '#7F3C8D'
};

/** What Builder writes, as little of it as the client needs. */
export const config = (layers, more = {}) => ({
  version: 'v1',
  config: {
    mapState: {latitude: 20, longitude: 10, zoom: 2, pitch: 0, bearing: 0},
    mapStyle: {styleType: 'positron', visibleLayerGroups: {label: true, road: true, border: true, building: true, water: true, land: true}},
    visState: {layerBlending: 'normal', interactionConfig: {tooltip: {enabled: true}}, layers},
    ...more
  }
});

export const layer = (id, type, dataId, visualChannels) => ({
  id, type,
  config: {
    dataId, label: id, color: [23, 184, 190], isVisible: true, columns: {},
    textLabel: [{field: null, size: 12, color: [44, 48, 50], anchor: 'start', alignment: 'center', outlineColor: [255, 255, 255]}],
    visConfig: {
      filled: true, stroked: false, opacity: 1, radius: 4,
      colorRange: {category: 'CARTO', name: 'Sunset', type: 'sequential', colors: ['#f3e79b', '#fac484', '#f8a07e', '#eb7f86', '#ce6693', '#5c53a5']}
    }
  },
  visualChannels
});
