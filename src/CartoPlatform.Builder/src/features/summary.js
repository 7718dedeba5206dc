import { eachPart } from './parts.js';

// In tiles of points: for how many rows this one stands.
const DENSITY = '_carto_point_density';

/**
 * What the loaded tiles show of a table: the rows in view, the features that stand for them, and of these the table's own sums and how
 * many are of each class.
 * @returns {{rows: number, features: number, sums: number[], perClass: Map<object, number>}}
 */
export function summarise(table, tiles, bounds, mvt) {
  const seen = new Set();
  const sums = table.numbers.map(() => 0);
  const perClass = new Map(table.classes.classes.map(entry => [entry, 0]));
  let rows = 0;
  eachPart(tiles, bounds, mvt, ({ get }) => {
    const id = get(table.id);
    if (seen.has(id)) return;
    seen.add(id);
    rows += Number(get(DENSITY) ?? 1);
    table.numbers.forEach((number, index) => (sums[index] += Number(number.sum(get)) || 0));
    const entry = table.classes.of(get);
    perClass.set(entry, perClass.get(entry) + 1);
  });
  return { rows, features: seen.size, sums, perClass };
}
