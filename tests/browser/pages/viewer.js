// The least page that shows a map of the workspace: what fetchMap() of the unmodified client gives, drawn by deck.gl.
import { Deck } from '@deck.gl/core';
import { fetchMap } from '@deck.gl/carto';

window.viewer = { ready: false };

const { id, ...options } = JSON.parse(decodeURIComponent(location.hash.slice(1)));
fetchMap({ apiBaseUrl: location.origin, cartoMapId: id, ...options }).then(show).catch(error => { window.viewer.error = String(error); });

function show(map) {
  const deck = new Deck({
    parent: document.body,
    initialViewState: map.initialViewState,
    controller: false,
    // Workers would fetch their script from a public CDN.
    layers: map.layers.map(layer => layer.clone({ loadOptions: { worker: false } })),
    onError: error => { window.viewer.error = error.message; },
    onAfterRender: () => {
      const { layers } = deck.props;
      window.viewer.ready = layers.length > 0 && deck.layerManager.getLayers().every(layer => layer.isLoaded);
    },
  });
  window.viewer.project = position => deck.getViewports()[0].project(position);
}
