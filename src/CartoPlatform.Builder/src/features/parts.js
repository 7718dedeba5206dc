import { boxesOf, fromTile, inTile } from './geography.js';

/**
 * One point, line or polygon of a feature in a tile.
 * @typedef {object} Part
 * @property {(column: string) => any} get  value of a column; undefined where it is null
 * @property {() => {position: [number, number], area: number}} centre  in degrees; the area is a share of the world
 *   map, near enough for labels
 */

/**
 * Calls `visit` with each part in the loaded tiles that the view shows. A feature comes several times when it has
 * several parts or lies in several tiles. The part is valid during the call only.
 * @param {(part: Part) => void} visit
 */
export function eachPart(tiles, bounds, mvt, visit) {
  const boxes = boxesOf(bounds);
  for (const { content, index } of tiles) {
    if (!content) continue;
    const local = boxes.map(box => inTile(box, index, mvt));
    for (const group of [content.points, content.lines, content.polygons]) {
      if (group?.positions?.value.length) visitGroup(group, index, mvt, local, visit);
    }
  }
}

function visitGroup(group, index, mvt, boxes, visit) {
  const { positions: { value: positions, size }, featureIds, properties, numericProps } = group;
  const starts = (group.polygonIndices ?? group.pathIndices)?.value;
  const parts = starts ? starts.length - 1 : positions.length / size;
  let start, end;

  const get = column => {
    const number = numericProps[column]?.value[start];
    if (number !== undefined) return Number.isNaN(number) ? undefined : number;
    return properties[featureIds.value[start]]?.[column] ?? undefined;
  };
  const outerRingEnd = () => group.primitivePolygonIndices?.value.find(ring => ring > start) ?? end;
  const centre = () => {
    const { point, area } = centroid(positions, size, start, outerRingEnd());
    return { position: fromTile(point, index, mvt), area: mvt ? area / 4 ** index.z : area / 360 ** 2 };
  };

  for (let part = 0; part < parts; part++) {
    start = starts ? starts[part] : part;
    end = starts ? starts[part + 1] : part + 1;
    if (boxes.some(box => touches(positions, size, start, end, box))) visit({ get, centre });
  }
}

/** Whether the box around the vertices meets the other one, which is near enough for counting. */
function touches(positions, size, start, end, [west, south, east, north]) {
  let left = Infinity, low = Infinity, right = -Infinity, high = -Infinity;
  for (let vertex = start * size; vertex < end * size; vertex += size) {
    const x = positions[vertex], y = positions[vertex + 1];
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < low) low = y;
    if (y > high) high = y;
  }
  return left <= east && right >= west && low <= north && high >= south;
}

/**
 * By the shoelace formula, seen from the first vertex: so it keeps its precision, and doesn't mind whether the ring is
 * closed. For a point or a line, its first vertex.
 */
function centroid(positions, size, start, end) {
  const left = positions[start * size], low = positions[start * size + 1];
  let twice = 0, x = 0, y = 0;
  for (let vertex = start * size; vertex < (end - 1) * size; vertex += size) {
    const x0 = positions[vertex] - left, y0 = positions[vertex + 1] - low;
    const x1 = positions[vertex + size] - left, y1 = positions[vertex + size + 1] - low;
    const cross = x0 * y1 - x1 * y0;
    twice += cross;
    x += (x0 + x1) * cross;
    y += (y0 + y1) * cross;
  }
  if (twice === 0) return { point: [left, low], area: 0 };
  return { point: [left + x / (3 * twice), low + y / (3 * twice)], area: Math.abs(twice / 2) };
}
