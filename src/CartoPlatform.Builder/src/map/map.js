import { Deck, MapView } from '@deck.gl/core';
import { isMvt } from '../platform/source.js';
import { backgroundAt, landLayer } from './basemap.js';
import { dataLayer } from './dataLayer.js';
import { countryLabels, featureLabels, fontFor, labelLayer, withoutOverlap } from './labels.js';

const PICK_RADIUS = 6; // pixels: a fingertip should not have to be exact
const PICK_RADIUS_OF_KEYBOARD = 40;
const CLICK_TIME = Infinity; // a long press means nothing else here, and slow hands and slow machines click too
const LAND_NAMES_TO = 7; // zoom from where on a country is wider than the window
const REST = 120; // milliseconds without movement after which labels and numbers are made anew

const NOTHING = { land: null, table: null, source: null, context: [], selected: null, labels: [] };

/** The map: land, what the table is drawn on, the table, labels. */
export class TableMap {
  #scene = NOTHING;
  #tiles = { land: [], data: [] };
  #zoomStep = null;
  #restTimer = null;
  #parent;
  #camera;
  #on;
  #deck;

  /**
   * @param {HTMLElement} parent
   * @param {import('./camera.js').Camera} camera
   * @param {{rest: Function, move: Function, pick: Function, fail: Function}} on
   */
  constructor(parent, camera, on) {
    this.#parent = parent;
    this.#camera = camera;
    this.#on = on;
    this.#deck = new Deck({
      parent,
      views: new MapView({ repeat: true }),
      controller: { keyboard: { moveSpeed: 80 }, inertia: 250 },
      initialViewState: camera.view,
      pickingRadius: PICK_RADIUS,
      eventRecognizerOptions: { click: { time: CLICK_TIME } },
      getCursor: ({ isDragging, isHovering }) => isDragging ? 'grabbing' : isHovering ? 'pointer' : 'grab',
      getTooltip: ({ object }) => this.#tooltip(object),
      onClick: on.pick,
      onViewStateChange: ({ viewState }) => {
        camera.follow(viewState);
        this.#moved();
      },
      onResize: () => this.#moved(),
      onError: on.fail,
    });
    camera.attach(this.#deck);
  }

  get viewport() {
    return this.#deck.getViewports()[0];
  }

  /** Whether all there is to see is drawn, and labels and numbers are those of this view. */
  get atRest() {
    return this.#restTimer === null && this.#isLoaded;
  }

  /** @param {{table: object, source: object, land: ?object, context: object[]}} scene  tables with their TileJSON */
  show(scene) {
    this.#scene = { ...NOTHING, ...scene };
    this.#tiles.data = [];
    this.#zoomStep = null;
    this.#moved();
  }

  select(id) {
    this.#scene.selected = id;
    this.#render();
  }

  /** For those who click with the keyboard: what is nearest to the middle. */
  pickMiddle() {
    const { width, height } = this.viewport;
    const info = this.#deck.pickObject({ x: width / 2, y: height / 2, radius: PICK_RADIUS_OF_KEYBOARD });
    if (info) this.#on.pick(info);
  }

  get #isLoaded() {
    return this.#scene.table !== null && this.#deck.props.layers.every(layer => layer.isLoaded);
  }

  #tooltip(object) {
    if (!object) return null;
    const { table } = this.#scene;
    const text = String(table.heading(column => object.properties[column] ?? undefined) ?? table.title);
    return { className: 'tooltip', style: {}, text };
  }

  #moved() {
    const { zoom } = this.#camera.view;
    this.#parent.style.backgroundColor = backgroundAt(zoom);
    if (stepOf(zoom) !== this.#zoomStep) this.#render();
    if (this.viewport) this.#on.move(this.viewport);
    this.#restSoon();
  }

  #restSoon() {
    clearTimeout(this.#restTimer);
    this.#restTimer = setTimeout(() => this.#rest(), REST);
  }

  /** Makes labels and numbers for what is seen now; while tiles are still under way, looks again a little later. */
  async #rest() {
    if (!this.#isLoaded) return this.#restSoon();
    const timer = this.#restTimer;
    const { viewport } = this;
    const labels = withoutOverlap(this.#labels(viewport), viewport);
    await fontFor(labels);
    if (timer !== this.#restTimer) return; // it has moved on meanwhile
    this.#scene.labels = labels;
    this.#render();
    this.#restTimer = null;
    this.#on.rest(this.#tiles.data, viewport);
  }

  #labels(viewport) {
    const { table, source, land } = this.#scene;
    const named = land && viewport.zoom >= (table.landNamesFrom ?? 0) && viewport.zoom < LAND_NAMES_TO;
    const own = featureLabels(table, this.#tiles.data, viewport, isMvt(source));
    return named ? [...own, ...countryLabels(this.#tiles.land, viewport, isMvt(land))] : own;
  }

  #render() {
    const zoom = stepOf(this.#camera.view.zoom);
    const { land, table, source, context, selected, labels } = this.#scene;
    const onTileError = this.#on.fail;
    const layers = context.map(below =>
      dataLayer(below.table, below.source, { zoom, muted: true, handlers: { onTileError } }));
    if (land) layers.unshift(landLayer(land, zoom, { onTileError, onViewportLoad: this.#keep('land', land) }));
    if (table) {
      const handlers = { onTileError, onViewportLoad: this.#keep('data', source) };
      layers.push(dataLayer(table, source, { zoom, selected, handlers }));
    }
    if (labels.length) layers.push(labelLayer(labels));
    this.#zoomStep = zoom;
    this.#deck.setProps({ layers });
  }

  /** Remembers the tiles of the view, unless they come late, from a layer that has been replaced. */
  #keep(which, tilejson) {
    return tiles => {
      if (tilejson !== this.#scene[which === 'data' ? 'source' : 'land']) return;
      this.#tiles[which] = tiles;
      this.#restSoon();
    };
  }
}

/** Styles follow the zoom in steps, for each change of them makes all layers anew. */
const stepOf = zoom => Math.round(zoom * 4) / 4;
