// A page with one layer of finished tiles, as an application of the client library makes it: the test names the source, and colours by a property.
import {Deck, MapView} from '@deck.gl/core';
import {H3TileLayer, QuadbinTileLayer, RasterTileLayer, VectorTileLayer} from '@deck.gl/carto';
import {MVTLoader} from '@loaders.gl/mvt';
import {boundaryTableSource, h3TilesetSource, quadbinTilesetSource, rasterSource, vectorTilesetSource} from '@carto/api-client';

const kinds = {
  vector: [vectorTilesetSource, VectorTileLayer],
  boundary: [boundaryTableSource, VectorTileLayer],
  h3: [h3TilesetSource, H3TileLayer],
  quadbin: [quadbinTilesetSource, QuadbinTileLayer],
  raster: [rasterSource, RasterTileLayer],
};

/** Colours: `steps` are pairs of a property's value (or least value, where it is a number) and a colour. */
window.show = ({kind, options, property, steps, view, exact}) => new Promise((done, fail) => {
  const [source, Layer] = kinds[kind];
  const colorOf = ({properties}) => {
    const value = properties[property];
    const found = steps.findLast(([from]) => (exact ? value === from : value >= from));
    return found ? found[1] : [0, 0, 0, 0];
  };
  const layer = new Layer({
    id: 'scene', data: source(options), getFillColor: colorOf, stroked: false, extruded: false, pickable: false,
    // Workers would fetch their script from a public CDN.
    loadOptions: {worker: false},
    // The one that deck.gl brings has no parser of its own beside its worker.
    ...(kind === 'vector' ? {loaders: [MVTLoader]} : {}),
    onViewportLoad: () => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))),
    onTileError: fail,
  });
  const deck = new Deck({
    parent: document.body, width: innerWidth, height: innerHeight, views: new MapView({repeat: false}), initialViewState: view, controller: false,
    useDevicePixels: false, layers: [layer], onError: fail,
  });
  window.project = (position) => deck.getViewports()[0].project(position);
});
