// Decoded parts as WKT, for PostGIS to measure.
const positions = (path) => `(${path.map(([x, y]) => `${x} ${y}`).join(', ')})`;

export function toWkt({kind, parts}) {
  if (kind === 'line') return `MULTILINESTRING(${parts.map(positions).join(', ')})`;
  return `MULTIPOLYGON(${parts.map((rings) => `(${rings.map(positions).join(', ')})`).join(', ')})`;
}
