// Tile arithmetic, written anew here so that a mistake of the platform's cannot hide in shared code.
const HALF_WORLD = Math.PI * 6378137;

/** Web Mercator is cut here, where the world becomes a square. */
export const MAX_LATITUDE = 85.0511287798066;

export const tileSide = (zoom) => (2 * HALF_WORLD) / 2 ** zoom;

/** Metres (EPSG:3857) of a longitude and latitude in degrees. */
export function project([longitude, latitude]) {
  const sine = Math.sin((latitude * Math.PI) / 180);
  return [(longitude / 180) * HALF_WORLD, (HALF_WORLD / (2 * Math.PI)) * Math.log((1 + sine) / (1 - sine))];
}

export function tileAt([longitude, latitude], z) {
  const [east, north] = project([longitude, latitude]);
  const side = tileSide(z);
  return {z, x: Math.floor((east + HALF_WORLD) / side), y: Math.floor((HALF_WORLD - north) / side)};
}

/** All tiles of a zoom that bounds (west, south, east, north in degrees) touch. */
export function tilesOver([west, south, east, north], z) {
  const last = 2 ** z - 1;
  const clamp = (index) => Math.min(Math.max(index, 0), last);
  const limit = (latitude) => Math.min(Math.max(latitude, -MAX_LATITUDE), MAX_LATITUDE);
  const from = tileAt([west, limit(north)], z);
  const to = tileAt([east, limit(south)], z);
  const tiles = [];
  for (let x = clamp(from.x); x <= clamp(to.x); x++) {
    for (let y = clamp(from.y); y <= clamp(to.y); y++) tiles.push({z, x, y});
  }
  return tiles;
}

/** Cells of the quantisation grid along the side of a tile. */
export const cellsPerSide = (tileResolution) => 1024 * tileResolution;

/** Cells from the north-west corner of a tile, of a longitude and latitude. */
export function cellsAt({z, x, y}, position, tileResolution) {
  const [east, north] = project(position);
  const cell = tileSide(z) / cellsPerSide(tileResolution);
  const count = cellsPerSide(tileResolution);
  return [(east + HALF_WORLD) / cell - x * count, (HALF_WORLD - north) / cell - y * count];
}
