// The page that lib/layers.js bundles: one layer of @deck.gl/carto on black, from a source of @carto/api-client.
import {Deck, MapView} from '@deck.gl/core';
import {ClusterTileLayer, H3TileLayer, HeatmapTileLayer, QuadbinTileLayer, VectorTileLayer} from '@deck.gl/carto';
import {h3QuerySource, h3TableSource, quadbinQuerySource, quadbinTableSource, trajectoryQuerySource, vectorQuerySource, vectorTableSource} from '@carto/api-client';
import {MVTLoader} from '@loaders.gl/mvt';

const sources = {h3QuerySource, h3TableSource, quadbinQuerySource, quadbinTableSource, trajectoryQuerySource, vectorQuerySource, vectorTableSource};

// Workers would fetch their script from a public CDN.
const common = {id: 'drawn', loadOptions: {worker: false}, pickable: true};

const layers = {
  cells: (data) => new (data.scheme === 'h3' ? H3TileLayer : QuadbinTileLayer)({...common, data, getFillColor: [255, 0, 0], stroked: false, extruded: false}),
  points: (data) => new VectorTileLayer({...common, data, pointRadiusUnits: 'pixels', getPointRadius: 4, getFillColor: [0, 255, 0], stroked: false}),
  heatmap: (data) => new HeatmapTileLayer({...common, data, getWeight: ({properties}) => properties.n_count, radiusPixels: 20}),
  clusters: (data) => new ClusterTileLayer({
    ...common, data, clusterLevel: 5, getWeight: ({properties}) => properties.n_count,
    pointRadiusUnits: 'pixels', getPointRadius: ({properties}) => 4 + Math.sqrt(properties.n_count) / 4, getFillColor: [0, 128, 255], stroked: false
  }),
  // The size of labels is textSizeScale alone: they have one pixel without it, whatever getTextSize says.
  labels: (data, {autoLabels = false, format, onDrawn}) => new VectorTileLayer({
    // Without a worker the layer's own loader of MVT can read none.
    ...common, ...(format === 'mvt' && {loaders: [MVTLoader]}), data, autoLabels, pointType: 'text', getText: ({properties}) => properties.name, getTextColor: [255, 255, 255],
    textSizeScale: 14, textCharacterSet: 'auto', getFillColor: [0, 60, 0], getLineColor: [0, 60, 0], lineWidthUnits: 'pixels', getLineWidth: 2,
    // With autoLabels the layer itself never says that it is loaded.
    onViewportLoad: () => afterFrames(3, onDrawn)
  })
};

const afterFrames = (count, then) => requestAnimationFrame(() => (count > 1 ? afterFrames(count - 1, then) : then()));

let deck;

/** Draws, and tells of what: the source's TileJSON without its token, and the features under a rectangle of the whole page. */
window.draw = async ({source, options, layer, view, autoLabels, format}) => {
  const data = await sources[source](options);
  if (format) data.tiles = data.tiles.map((tile) => tile.replace(/formatTiles=\w+/, `formatTiles=${format}`));
  await new Promise((resolve, reject) => {
    const drawn = layers[layer](data, {autoLabels, format, onDrawn: resolve});
    deck?.finalize();
    deck = new Deck({
      parent: document.body,
      width: innerWidth,
      height: innerHeight,
      views: new MapView({id: 'map', repeat: false}),
      viewState: view,
      layers: [drawn],
      onError: reject,
      onAfterRender: () => layer !== 'labels' && deck?.props.layers[0].isLoaded && setTimeout(resolve, 300)
    });
  });
  const {scheme, timestampRange, tilestats} = data;
  return {scheme, timestampRange, count: tilestats.layers[0].count};
};

window.project = (position) => deck.getViewports()[0].project(position);

window.pick = ([x, y]) => {
  const info = deck.pickObject({x, y, radius: 2});
  return info?.object ? {...info.object.properties} : null;
};
