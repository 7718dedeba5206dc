import { parse } from '@loaders.gl/core';
import { errorText } from './demo.js';

/** How many rows a tile leaves out to keep its budget. */
const DROPPED = 'X-Carto-Tile-Dropped';

/** What the tiles since the table was chosen have cost. */
export const traffic = { tiles: 0, bytes: 0, dropped: 0, milliseconds: [], pending: 0, changed: () => {} };

export function resetTraffic() {
  Object.assign(traffic, { tiles: 0, bytes: 0, dropped: 0, milliseconds: [] });
}

/**
 * The `fetch` of the tile layers. It does what the built-in one does, and besides counts, and gives the
 * platform's own words for a tile that failed.
 */
export async function fetchTile(url, { layer, loadOptions, signal }) {
  const started = performance.now();
  note({ pending: 1 });
  try {
    const response = await fetch(url, { ...loadOptions.fetch, signal });
    if (!response.ok) throw new Error(await errorText(response));
    if (response.status === 204) return null;
    const body = await response.arrayBuffer();
    traffic.milliseconds.push(performance.now() - started);
    note({ bytes: body.byteLength, dropped: Number(response.headers.get(DROPPED)) || 0 });
    const type = response.headers.get('Content-Type');
    return await parse(new Response(body, { headers: { 'Content-Type': type } }), layer.props.loaders, loadOptions);
  } finally {
    note({ tiles: signal?.aborted ? 0 : 1, pending: -1 });
  }
}

function note(more) {
  for (const key in more) traffic[key] += more[key];
  traffic.changed();
}
