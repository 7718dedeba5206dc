// From a row of the table to what the contract (section 16) makes of it in a tile.
import assert from 'node:assert/strict';

const dates = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?Z)?$/;

/** Numbers that JSON does not have; PostgreSQL writes them as text. */
const noNumbers = ['NaN', 'Infinity', '-Infinity'];

/** How a value must look, by the column's type. `isMvt`: Mapbox vector tiles keep booleans, CARTO's tiles have text for them. */
const checks = {
  number: (actual, expected) => assert.strictEqual(actual, Number(expected)),
  string: (actual, expected) => assert.strictEqual(actual, expected),
  boolean: (actual, expected, isMvt) => assert.strictEqual(actual, isMvt ? expected : String(expected)),
  timestamp: (actual, expected) => {
    assert.match(actual, dates);
    assert.strictEqual(Date.parse(actual), Date.parse(expected));
  },
  object: (actual, expected) => assert.deepEqual(JSON.parse(actual), expected)
};

/** The attributes of a feature are those of the row, and no others; null is absent, and so is what is no number. */
export function assertAttributes(properties, row, columns, isMvt) {
  const expected = columns.filter(({name, types}) => row[name] !== null && !(types[0] === 'number' && noNumbers.includes(row[name])));
  const names = Object.keys(properties).filter((name) => !name.startsWith('_carto_'));
  assert.deepEqual(names.sort(), expected.map((column) => column.name).sort());
  for (const {name, types} of expected) {
    try {
      checks[types[0]](properties[name], row[name], isMvt);
    } catch (error) {
      error.message = `${name}: ${error.message}`;
      throw error;
    }
  }
}

/** Every `required` key once, and none that is not `allowed`. */
export function assertKeys(actual, {required, allowed}, where) {
  const seen = new Set(actual);
  assert.equal(seen.size, actual.length, `${where}: a row comes twice`);
  const known = new Set(allowed);
  const missing = required.filter((key) => !seen.has(key));
  const surplus = actual.filter((key) => !known.has(key));
  assert.deepEqual({missing: missing.slice(0, 5), surplus: surplus.slice(0, 5)}, {missing: [], surplus: []}, `${where}: of ${required.length} rows`);
}
