import { VectorTileLayer } from '@deck.gl/carto';
import { rgb } from '../tables/classes.js';
import { fetchTile } from '../platform/tileFetch.js';
import { loadOptions } from '../platform/workers.js';

/**
 * The layer of a table. The same layer serves as backdrop of another table (`muted`), and keeps its tiles when the
 * roles change.
 * @param {{zoom: number, muted?: boolean, selected?: unknown, handlers?: object}} state
 */
export function dataLayer(table, tilejson, { zoom, muted = false, selected = null, handlers = {} }) {
  const style = muted ? table.muted : table.paint(zoom);
  const accessors = Object.keys(style).filter(name => name.startsWith('get'));
  return new VectorTileLayer({
    id: table.key,
    data: tilejson,
    fetch: fetchTile,
    loadOptions,
    // While the camera flies over, tiles that are out of view again at once are not asked for.
    debounceTime: 120,
    uniqueIdProperty: table.id,
    highlightedFeatureId: selected,
    highlightColor: rgb('#ffffff', 150),
    pickable: !muted,
    autoHighlight: !muted,
    extruded: false,
    updateTriggers: Object.fromEntries(accessors.map(name => [name, muted])),
    ...style,
    ...handlers,
  });
}
