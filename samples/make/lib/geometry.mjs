// GeoJSON geometries with longitude and latitude in degrees.

function* positions(coordinates) {
  if (typeof coordinates[0] === 'number') yield coordinates;
  else for (const part of coordinates) yield* positions(part);
}

export function boundsOf(geometry) {
  const bounds = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of positions(geometry.coordinates)) {
    bounds[0] = Math.min(bounds[0], x);
    bounds[1] = Math.min(bounds[1], y);
    bounds[2] = Math.max(bounds[2], x);
    bounds[3] = Math.max(bounds[3], y);
  }
  return bounds;
}

export function unite(a, b) {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}

function number(degrees, digits) {
  const text = degrees.toFixed(digits).replace(/\.?0+$/, '');
  return text === '-0' ? '0' : text;
}

function list(coordinates, digits) {
  if (typeof coordinates[0] === 'number') return coordinates.map((degrees) => number(degrees, digits)).join(' ');
  const parts = coordinates.map((part) => list(part, digits));
  // Positions that became equal by rounding say the same thing twice.
  const isLine = typeof coordinates[0][0] === 'number';
  return `(${(isLine ? parts.filter((part, i) => part !== parts[i - 1]) : parts).join(',')})`;
}

export function toWkt(geometry, digits) {
  const body = list(geometry.coordinates, digits);
  return `${geometry.type.toUpperCase()}${geometry.type === 'Point' ? `(${body})` : body}`;
}
