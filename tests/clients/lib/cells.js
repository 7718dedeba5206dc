// Tiles of cells loaded by deck.gl's own layers: their tilesets, URL templates, headers and decoder.
import {H3TileLayer, QuadbinTileLayer} from '@deck.gl/carto';
import {cellToParent as h3Parent, getResolution as h3Resolution} from 'h3-js';
import {bigIntToHex, cellToParent as quadbinParent, getResolution as quadbinResolution} from 'quadbin';

const context = {resourceManager: {contains: () => false}, viewport: {}};
const loadOptions = {worker: false};

/** What the two systems of cells have in common, cells being what the layer's decoder makes of them. */
export const schemes = {
  h3: {
    Layer: H3TileLayer,
    index: (cell) => ({i: cell}),
    parent: (cell, resolution) => h3Parent(cell, resolution),
    resolution: h3Resolution,
    toSql: (cell) => `'${cell}'`
  },
  quadbin: {
    Layer: QuadbinTileLayer,
    index: (cell) => ({q: cell, i: bigIntToHex(cell)}),
    parent: (cell, resolution) => {
      while (Number(quadbinResolution(cell)) > resolution) cell = quadbinParent(cell);
      return cell;
    },
    resolution: (cell) => Number(quadbinResolution(cell)),
    toSql: String
  }
};

/** The layer that draws the tiles, inside the one that users make. */
export function tileLayer(scheme, tilejson) {
  const layer = new schemes[scheme].Layer({id: 'contract', data: tilejson, loadOptions});
  layer.context = context;
  layer.initializeState();
  const inner = layer.renderLayers();
  inner.context = context;
  return inner;
}

/** The cells of one tile as the layer would draw them: `[{id, properties}]`; nothing for an empty tile. */
export async function loadCells(scheme, tilejson, tile) {
  return (await tileLayer(scheme, tilejson).getTileData({index: schemes[scheme].index(tile), id: String(tile)})) ?? [];
}
