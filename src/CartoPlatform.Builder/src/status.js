/**
 * What the page is doing, for tests and for the curious: `cartoPage` in the browser's console.
 *
 * - `ready`: the camera rests, and every tile of the view has been loaded and drawn, or has failed
 * - `table`: key of the table on the map
 * - `features`: how many of its features the view shows, null while that is not known
 * - `tilesLoaded`: tiles since the table was chosen
 * - `error`: the last thing that went wrong with this table, or null
 * - `project([longitude, latitude])`: where that is, in pixels of the page; `unproject([x, y])`: the reverse
 */
export function publishStatus({ state, map, camera, traffic }) {
  window.cartoPage = {
    get ready() {
      return !camera.moving && state.source !== null && map.atRest;
    },
    get table() {
      return state.table?.key ?? null;
    },
    get features() {
      return state.summary?.features ?? null;
    },
    get tilesLoaded() {
      return traffic.tiles;
    },
    get error() {
      return state.error;
    },
    project: position => map.viewport.project(position),
    unproject: point => map.viewport.unproject(point),
  };
}
