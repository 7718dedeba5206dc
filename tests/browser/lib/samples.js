import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const folder = new URL('../../../samples/demo/', import.meta.url);

/** The rows of a sample table as they are shipped: what must be on the map. Empty fields are null. */
export function sample(name) {
  const [header, ...rows] = parseCsv(gunzipSync(readFileSync(new URL(`${name}.csv.gz`, folder))).toString('utf8'));
  return rows.map(row => Object.fromEntries(header.map((column, index) => [column, row[index] || null])));
}

/** The positions of a WKT geometry: of a polygon its outer ring, of a multipolygon the first one's. */
export function positions(wkt) {
  const numbers = wkt.slice(wkt.search(/[-\d]/)).split(')')[0];
  return numbers.split(',').map(pair => pair.trim().split(' ').map(Number));
}

/** The middle of a ring, or null where that is not well inside it. */
export function insideOf(ring) {
  const middle = [0, 1].map(axis => ring.reduce((sum, position) => sum + position[axis], 0) / ring.length);
  const [width, height] = [0, 1].map(axis => Math.max(...ring.map(p => p[axis])) - Math.min(...ring.map(p => p[axis])));
  const around = [[0, 0], [0.12, 0], [-0.12, 0], [0, 0.12], [0, -0.12]];
  return around.every(([dx, dy]) => contains(ring, [middle[0] + dx * width, middle[1] + dy * height])) ? middle : null;
}

function contains(ring, [x, y]) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i], [xj, yj] = ring[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/** RFC 4180, as the files are written. */
function parseCsv(text) {
  const rows = [];
  let row = [], field = '', quoted = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (quoted) {
      if (letter !== '"') field += letter;
      else if (text[at + 1] === '"') field += text[++at];
      else quoted = false;
    } else if (letter === '"') quoted = true;
    else if (letter === ',' || letter === '\n') {
      row.push(field);
      field = '';
      if (letter === '\n') {
        rows.push(row);
        row = [];
      }
    } else if (letter !== '\r') field += letter;
  }
  return rows;
}
