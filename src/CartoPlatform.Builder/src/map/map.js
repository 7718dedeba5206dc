import { Deck, MapView } from '@deck.gl/core';
import { isMvt } from '../platform/source.js';
import { backgroundAt, landLayer } from './basemap.js';
import { dataLayer } from './dataLayer.js';
import { countryLabels, featureLabels, fontFor, labelLayer, withoutOverlap } from './labels.js';

const PICK_RADIUS = 6; // pixels: a fingertip should not have to be exact
const CLICK_TIME = Infinity; // a long press means nothing else here, and slow hands and slow machines click too
const LAND_NAMES_TO = 7; // zoom from where on a country is wider than the window
const REST = 120; // milliseconds without movement after which labels and numbers are made anew

/**
 * The map: land, what the table is drawn on, the table, labels.
 * @param {object} options
 * @param {HTMLElement} options.parent
 * @param {import('./camera.js').Camera} options.camera
 * @param {{rest: Function, move: Function, pick: Function, fail: Function}} options.on
 */
export function createMap({ parent, camera, on }) {
  const scene = { land: null, table: null, source: null, context: [], selected: null, labels: [] };
  const tiles = { land: [], data: [] };
  let zoomStep = null;
  let restTimer = null;

  const deck = new Deck({
    parent,
    views: new MapView({ repeat: true }),
    controller: { keyboard: { moveSpeed: 80 }, inertia: 250 },
    initialViewState: camera.view,
    layers: [],
    pickingRadius: PICK_RADIUS,
    eventRecognizerOptions: { click: { time: CLICK_TIME } },
    getCursor: ({ isDragging, isHovering }) => isDragging ? 'grabbing' : isHovering ? 'pointer' : 'grab',
    getTooltip: ({ object }) => object && scene.table && {
      className: 'tooltip',
      text: String(scene.table.heading(column => object.properties[column] ?? undefined)),
      style: {},
    },
    onClick: info => on.pick(info),
    onViewStateChange: ({ viewState }) => {
      camera.follow(viewState);
      moved();
    },
    onResize: () => moved(),
    onError: error => on.fail(error),
  });
  camera.attach(deck);

  const viewport = () => deck.getViewports()[0];
  const isLoaded = () => Boolean(scene.table) && deck.props.layers.every(layer => layer.isLoaded);

  function moved() {
    parent.style.backgroundColor = backgroundAt(camera.view.zoom);
    const step = Math.round(camera.view.zoom * 4) / 4;
    if (step !== zoomStep) render();
    on.move(viewport());
    scheduleRest();
  }

  function scheduleRest() {
    clearTimeout(restTimer);
    restTimer = setTimeout(rest, REST);
  }

  /** Makes labels and numbers for what is seen now; while tiles are still under way, looks again a little later. */
  async function rest() {
    if (!isLoaded()) return scheduleRest();
    const timer = restTimer;
    const view = viewport();
    const labels = withoutOverlap(labelsOf(view), view);
    await fontFor(labels);
    if (timer !== restTimer) return; // it has moved on meanwhile
    scene.labels = labels;
    render();
    restTimer = null;
    on.rest(tiles.data, view);
  }

  function labelsOf(view) {
    const { table, source, land } = scene;
    const named = land && view.zoom >= (table.landNamesFrom ?? 0) && view.zoom < LAND_NAMES_TO;
    const own = featureLabels(table, tiles.data, view, isMvt(source));
    return named ? [...own, ...countryLabels(tiles.land, view, isMvt(land))] : own;
  }

  function render() {
    zoomStep = Math.round(camera.view.zoom * 4) / 4;
    deck.setProps({ layers: layersOf(scene, zoomStep, { landTiles, dataTiles, failed: on.fail }) });
  }

  const landTiles = loaded => {
    tiles.land = loaded;
    scheduleRest();
  };
  const dataTiles = (table, loaded) => {
    if (table !== scene.table) return;
    tiles.data = loaded;
    scheduleRest();
  };

  return {
    deck,
    viewport,
    show(next) {
      Object.assign(scene, next, { selected: null, labels: [] });
      tiles.data = [];
      moved();
      render();
    },
    select(id) {
      scene.selected = id;
      render();
    },
    /** What is nearest to the middle, for those who click with the keyboard. */
    pickMiddle() {
      const { width, height } = viewport();
      const info = deck.pickObject({ x: width / 2, y: height / 2, radius: 40 });
      if (info) on.pick(info);
    },
    /** Whether all there is to see is drawn, and labels and numbers are those of this view. */
    atRest: () => restTimer === null && isLoaded(),
  };
}

function layersOf(scene, zoom, { landTiles, dataTiles, failed }) {
  const { land, table, source, context, selected, labels } = scene;
  const shared = { onTileError: failed };
  const layers = [];
  if (land) layers.push(landLayer(land, zoom, { ...shared, onViewportLoad: landTiles }));
  for (const below of context) layers.push(dataLayer(below.table, below.source, { zoom, muted: true, handlers: shared }));
  if (table) {
    const handlers = { ...shared, onViewportLoad: loaded => dataTiles(table, loaded) };
    layers.push(dataLayer(table, source, { zoom, selected, handlers }));
  }
  if (labels.length) layers.push(labelLayer(labels));
  return layers;
}
