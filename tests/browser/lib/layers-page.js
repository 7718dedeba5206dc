// The page that lib/layers.js bundles: one layer of @deck.gl/carto on black, from a source of @carto/api-client.
import {Deck, MapView} from '@deck.gl/core';
import {ClusterTileLayer, H3TileLayer, HeatmapTileLayer, QuadbinTileLayer, VectorTileLayer} from '@deck.gl/carto';
import {h3QuerySource, h3TableSource, quadbinQuerySource, quadbinTableSource, trajectoryQuerySource, vectorQuerySource, vectorTableSource} from '@carto/api-client';

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
  })
};

let deck;

/** Draws, and tells of what: the source's TileJSON without its token, and the features under a rectangle of the whole page. */
window.draw = async ({source, options, layer, view}) => {
  const data = await sources[source](options);
  const drawn = layers[layer](data);
  await new Promise((resolve, reject) => {
    deck?.finalize();
    deck = new Deck({
      parent: document.body,
      width: innerWidth,
      height: innerHeight,
      views: new MapView({id: 'map', repeat: false}),
      viewState: view,
      layers: [drawn],
      onError: reject,
      onAfterRender: () => deck?.props.layers[0].isLoaded && setTimeout(resolve, 300)
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
