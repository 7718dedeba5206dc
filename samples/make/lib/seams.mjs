// Joins what the edges of tiles cut apart. Coordinates are whole numbers of the world's grid.
import clipping from 'polygon-clipping';

function isOnEdge([x, y], extent) {
  return x % extent === 0 || y % extent === 0;
}

function isSame(a, b) {
  return a[0] === b[0] && a[1] === b[1];
}

// Whether b adds nothing to the way from a to c: it is off the straight line by less than 1.5 grid units.
function isBetween(a, b, c) {
  const length = Math.hypot(c[0] - a[0], c[1] - a[1]);
  const area = Math.abs((c[0] - a[0]) * (b[1] - a[1]) - (c[1] - a[1]) * (b[0] - a[0]));
  return length > 0 && area / length < 1.5;
}

function withoutRepeats(line) {
  return line.filter((position, i) => i === 0 || !isSame(position, line[i - 1]));
}

function splice(first, second) {
  const seam = second[0];
  const isCutOnly = first.length > 1 && second.length > 1 && isBetween(first.at(-2), seam, second[1]);
  return [...first.slice(0, -1), ...(isCutOnly ? [] : [seam]), ...second.slice(1)];
}

// A piece that ends on an edge goes on with the piece that starts there.
export function joinLines(pieces, extent) {
  const lines = pieces.map(withoutRepeats).filter((line) => line.length > 1);
  for (let i = 0; i < lines.length; i++) {
    const end = lines[i].at(-1);
    const next = lines.findIndex((line, k) => k !== i && isOnEdge(end, extent) && isSame(line[0], end));
    if (next < 0) continue;
    lines[i] = splice(lines[i], lines[next]);
    lines.splice(next, 1);
    i = -1;
  }
  return lines;
}

function signedArea(ring) {
  return ring.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = ring[(i + 1) % ring.length];
    return sum + x * nextY - nextX * y;
  }, 0);
}

// Outer rings of vector tiles run clockwise on the screen, which is a positive area with y downwards.
function toPolygons(rings) {
  const polygons = [];
  for (const ring of rings) {
    const origin = ring[0];
    const area = signedArea(ring.map(([x, y]) => [x - origin[0], y - origin[1]]));
    if (area > 0) polygons.push([ring]);
    else if (area < 0 && polygons.length > 0) polygons.at(-1).push(ring);
  }
  return polygons;
}

function withoutCuts(ring, extent) {
  const open = ring.slice(0, -1);
  const kept = open.filter((position, i) =>
    !isOnEdge(position, extent) || !isBetween(open.at(i - 1), position, open[(i + 1) % open.length]));
  return [...kept, kept[0]];
}

export function joinPolygons(pieces, extent) {
  const polygons = pieces.flatMap(toPolygons);
  if (pieces.length === 1) return polygons;
  return clipping.union(polygons).map((rings) => rings.map((ring) => withoutCuts(ring, extent)));
}
