import { FlyToInterpolator, LinearInterpolator, WebMercatorViewport } from '@deck.gl/core';

const FLAT = { bearing: 0, pitch: 0 };
export const CLOSEST = 20; // zoom
export const STEEPEST = 60; // degrees

/** Where the map looks. Deck keeps the view by itself; this sets it and remembers what it became. */
export class Camera {
  #deck;
  #frame;
  view = { longitude: 10, latitude: 25, zoom: 1.5, ...FLAT };
  moving = false;

  /** @param {() => {left: number, top: number, right: number, bottom: number}} frame  what covers the map, in pixels */
  constructor(frame) {
    this.#frame = frame;
  }

  attach(deck) {
    this.#deck = deck;
  }

  /** For Deck's onViewStateChange. */
  follow(viewState) {
    const { longitude, latitude, zoom, bearing, pitch } = viewState;
    this.view = { longitude, latitude, zoom, bearing, pitch };
  }

  jump(view) {
    this.#set({ ...FLAT, ...view });
  }

  /** Flies to the box, so that it fills what the panel leaves free. */
  flyTo(box, tilt = FLAT, fast = false) {
    const target = this.#fit(box, tilt);
    if (fast || matchMedia('(prefers-reduced-motion: reduce)').matches) return this.jump(target);
    const distance = Math.abs(target.zoom - this.view.zoom);
    this.#set(target, {
      transitionDuration: Math.min(2600, 700 + distance * 180),
      transitionInterpolator: new FlyToInterpolator({ speed: 1.6 }),
    });
  }

  zoomBy(steps) {
    const zoom = Math.max(0, Math.min(CLOSEST, this.view.zoom + steps));
    this.#set({ ...this.view, zoom }, {
      transitionDuration: 220,
      transitionInterpolator: new LinearInterpolator(['zoom']),
    });
  }

  #fit([west, south, east, north], tilt) {
    const { clientWidth: width, clientHeight: height } = document.documentElement;
    const flat = new WebMercatorViewport({ width, height });
    const { longitude, latitude, zoom } = flat.fitBounds([[west, south], [east, north]], { padding: this.#frame() });
    return { longitude, latitude, zoom: Math.max(0.8, Math.min(CLOSEST, zoom)), ...tilt };
  }

  #set(view, transition = {}) {
    const { longitude, latitude, zoom, bearing, pitch } = view;
    const next = { longitude, latitude, zoom, bearing, pitch };
    // Deck starts no transition to where it is, and so would never say that it has ended.
    const away = Object.keys(next).some(name => Math.abs(next[name] - this.view[name]) > 1e-6);
    this.moving = away && Boolean(transition.transitionDuration);
    this.view = next;
    const settled = () => (this.moving = false);
    this.#deck.setProps({
      initialViewState: {
        ...this.view,
        maxZoom: CLOSEST,
        maxPitch: STEEPEST,
        ...transition,
        onTransitionEnd: settled,
        onTransitionInterrupt: settled,
      },
    });
  }
}
