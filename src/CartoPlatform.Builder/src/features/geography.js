/** West, south, east, north in degrees. @typedef {[number, number, number, number]} Box */

const RADIANS = Math.PI / 180;

/** Web Mercator with the world as the unit square, y downwards, as tiles are counted. */
export const unitX = longitude => longitude / 360 + 0.5;
export const unitY = latitude => {
  const sine = Math.sin(Math.max(-85.0511, Math.min(85.0511, latitude)) * RADIANS);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
};
export const longitudeOf = x => (x - 0.5) * 360;
export const latitudeOf = y => Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) / RADIANS;

/** A view may show the world more than once; its boxes are what it shows of the one between -180 and 180. */
export function boxesOf([west, south, east, north]) {
  return [-360, 0, 360]
    .map(shift => [Math.max(-180, west + shift), south, Math.min(180, east + shift), north])
    .filter(([from, , to]) => from < to);
}

/** A box in the coordinates of a tile: tile sides for MVT, degrees for CARTO's own tiles. */
export function inTile([west, south, east, north], { x, y, z }, mvt) {
  if (!mvt) return [west, south, east, north];
  const side = 2 ** z;
  return [unitX(west) * side - x, unitY(north) * side - y, unitX(east) * side - x, unitY(south) * side - y];
}

/** The reverse for a point. */
export function fromTile([px, py], { x, y, z }, mvt) {
  if (!mvt) return [px, py];
  const side = 2 ** z;
  return [longitudeOf((x + px) / side), latitudeOf((y + py) / side)];
}
