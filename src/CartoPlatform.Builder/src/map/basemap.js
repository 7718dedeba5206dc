import { VectorTileLayer } from '@deck.gl/carto';
import { rgb } from '../tables/classes.js';
import { fetchTile } from '../platform/tileFetch.js';
import { loadOptions } from '../platform/workers.js';

const SEA = [11, 18, 26];
const GROUND = [17, 25, 34];
const LAND = rgb('#19232f');
const BORDER = rgb('#2f3e4f');

/** The coast is drawn at 1:50 million. Closer than this it would lie in the streets, and gives way to plain ground. */
const FADE_FROM = 7.5;
const FADE_TO = 9.5;

const fade = zoom => Math.max(0, Math.min(1, (zoom - FADE_FROM) / (FADE_TO - FADE_FROM)));

export function landLayer(tilejson, zoom, handlers) {
  return new VectorTileLayer({
    id: 'land',
    data: tilejson,
    fetch: fetchTile,
    loadOptions,
    visible: zoom < FADE_TO,
    opacity: 1 - fade(zoom),
    filled: true,
    stroked: true,
    getFillColor: LAND,
    getLineColor: BORDER,
    lineWidthUnits: 'pixels',
    getLineWidth: 0.8,
    ...handlers,
  });
}

/** The colour under all layers: sea, or at the scale of a city the ground. */
export function backgroundAt(zoom) {
  const share = fade(zoom);
  return `rgb(${SEA.map((channel, i) => Math.round(channel + (GROUND[i] - channel) * share)).join(' ')})`;
}
