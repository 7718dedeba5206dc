/* global MVT_WORKER, CARTO_VECTOR_TILE_WORKER */

// Paths, not addresses with a host: loaders.gl would wrap those in a blob, which a strict policy forbids.
const pathOf = name => new URL(name, document.baseURI).pathname;

/** Tiles are decoded off the main thread, by workers that come from this server. */
export const loadOptions = {
  mvt: { workerUrl: pathOf(MVT_WORKER) },
  cartoVectorTile: { workerUrl: pathOf(CARTO_VECTOR_TILE_WORKER) },
};
