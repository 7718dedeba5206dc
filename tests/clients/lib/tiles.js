// A tile in either format as features whose positions are cells of the tile's grid, counted from its north-west corner.
import {vectorTableSource} from '@carto/api-client';
import {load} from '@loaders.gl/core';
import {MVTLoader} from '@loaders.gl/mvt';
import {featuresOf} from './features.js';
import {loadTile, tileUrl, withFormat} from './layer.js';
import {cellsAt, cellsPerSide} from './mercator.js';
import {clientOptions} from './platform.js';

export const formats = ['binary', 'mvt'];

/** The default of the client library. */
export const DEFAULT_RESOLUTION = 0.5;

/** Degrees do not come back from the grid to the last bit; a thousandth of a cell nobody sees. */
const rounded = (cells) => cells.map((cell) => Math.round(cell * 1000) / 1000);

/** The features of a tile as deck.gl draws them. */
export async function loadFeatures(tilejson, tile, {format = 'binary', tileResolution = DEFAULT_RESOLUTION} = {}) {
  const decoded = await loadTile(withFormat(tilejson, format), tile);
  if (format === 'binary') return featuresOf(decoded, (position) => rounded(cellsAt(tile, position, tileResolution)));
  const count = cellsPerSide(tileResolution);
  return exactAttributes(featuresOf(decoded, (position) => position.map((share) => share * count)), tilejson, tile);
}

/**
 * deck.gl's arrays have 0 for a number that is absent from a Mapbox vector tile: attributes come from the same loader's GeoJSON,
 * which keeps them apart.
 */
async function exactAttributes(features, tilejson, tile) {
  const geojson = await load(tileUrl(withFormat(tilejson, 'mvt'), tile), MVTLoader, {
    worker: false,
    fetch: {headers: {Authorization: `Bearer ${tilejson.accessToken}`}},
    mvt: {shape: 'geojson', coordinates: 'wgs84', tileIndex: tile}
  });
  return features.map((feature) => ({...feature, properties: geojson[feature.globalId].properties}));
}

/** How many rows the points of a tile stand for: one for each cell of a grid is drawn. */
export const rowsBehind = (features) => features.reduce((sum, {properties}) => sum + properties._carto_point_density, 0);

/** Runs `use` on each item, a few at a time. */
export async function eachOf(items, use, width = 4) {
  const queue = items.values();
  await Promise.all(Array.from({length: width}, async () => {
    for (const item of queue) await use(item);
  }));
}

/** The values of an attribute in a tile, sorted; by default in the one tile of the whole world. */
export async function valuesIn(tilejson, attribute, tile = {z: 0, x: 0, y: 0}) {
  const features = featuresOf(await loadTile(tilejson, tile));
  return features.map((feature) => feature.properties[attribute]).sort((a, b) => a - b);
}

/** A tile in the middle of the ocean, and one that is not. */
export async function airportTiles() {
  const tilejson = await vectorTableSource(clientOptions({tableName: 'demo.airports'}));
  return {empty: tileUrl(tilejson, {z: 12, x: 300, y: 2300}), full: tileUrl(tilejson, {z: 0, x: 0, y: 0})};
}
