// Tiles loaded by deck.gl's own VectorTileLayer: its URL templates, its headers, its choice of decoder by Content-Type.
import {VectorTileLayer} from '@deck.gl/carto';
import {MVTLoader} from '@loaders.gl/mvt';

// Workers would fetch their script from a public CDN.
const loadOptions = {worker: false};

// All that loading takes from a deck.gl scene.
const context = {resourceManager: {contains: () => false}, viewport: {}};

/** The binary features of one tile as the layer would draw them; null for an empty tile. */
export async function loadTile(tilejson, {z, x, y}) {
  const layer = new VectorTileLayer({id: 'contract', data: tilejson, loaders: [MVTLoader], loadOptions});
  layer.context = context;
  return layer.getTileData({index: {x, y, z}, id: `${x}-${y}-${z}`});
}

/** The same source with Mapbox vector tiles instead of CARTO's binary ones. */
export function withFormat(tilejson, format) {
  const tiles = tilejson.tiles.map((template) => template.replace(/([?&]formatTiles=)[a-z]+/, `$1${format}`));
  return {...tilejson, tiles};
}

/** The address of one tile. */
export function tileUrl(tilejson, {z, x, y}) {
  return tilejson.tiles[0].replaceAll('{z}', z).replaceAll('{x}', x).replaceAll('{y}', y);
}
