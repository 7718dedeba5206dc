import { boundsOf } from './geometry.mjs';

const order = 16;

// Distance along the Hilbert curve that fills a grid of 2^order cells a side.
export function hilbertIndex(column, row) {
  let x = column;
  let y = row;
  let index = 0;
  for (let side = 2 ** (order - 1); side >= 1; side /= 2) {
    const right = x & side ? 1 : 0;
    const upper = y & side ? 1 : 0;
    index += side * side * ((3 * right) ^ upper);
    if (upper === 0) {
      if (right === 1) {
        x = 2 ** order - 1 - x;
        y = 2 ** order - 1 - y;
      }
      [x, y] = [y, x];
    }
  }
  return index;
}

function cell(degrees, span) {
  return Math.min(2 ** order - 1, Math.floor(((degrees + span / 2) / span) * 2 ** order));
}

// Neighbours on the map become neighbours in the file, and so in the table's pages.
export function inHilbertOrder(rows, key) {
  const keyed = rows.map((row) => {
    const [west, south, east, north] = boundsOf(row.geom);
    return { row, index: hilbertIndex(cell((west + east) / 2, 360), cell((south + north) / 2, 180)) };
  });
  keyed.sort((a, b) => a.index - b.index || a.row[key] - b.row[key]);
  return keyed.map(({ row }) => row);
}
