// Every widget method on rows made to break it, against the library's own computation; what that leaves open, against plain SQL.
import {before, suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {columns, groups, numbers, oddTable, times} from '../lib/odd.js';
import {scratchSchema} from '../lib/scratch.js';
import {identifier, literal, row, rows} from '../lib/sql.js';
import {assertClose, localSource, polygon, remoteSources, world} from '../lib/widgets.js';

const long = process.env.CARTO_TEST_LONG === '1';
const operations = ['count', 'sum', 'avg', 'min', 'max'];
const viewport = polygon([-100.5, -60.5, 120.5, 40.5]);
const schema = scratchSchema(() => [oddTable('odd', 600), oddTable('nothing', 0), long ? oddTable('million', 1_000_000) : ''].join('\n'));

/** What filters leave of the rows: of each type, on columns of each type. */
const filters = {
  'none': {},
  'in: hostile texts': {[columns.group]: {in: {values: groups.filter((_, i) => i % 2 === 0)}}},
  'in: whole numbers': {small: {in: {values: [-69, -7, 0, 24, 55]}}},
  'between: a column with quotes in its name': {[columns.naive]: {between: {values: [[-20, 10.5], [40, null]]}}},
  'closed_open: decimals': {[columns.amount]: {closed_open: {values: [[-450.25, -10], [0, 300]]}}},
  'time: before 1970 and after': {at: {time: {values: [[-1e9, 1e9]]}}},
  'time: milliseconds in a column of numbers': {ms: {time: {values: [[1709164800000, 1709164800000 + 200 * 3600000]]}}},
  'stringSearch: without accents and case': {[columns.group]: {stringSearch: {values: ['ARM', 'nandu', '%', '\\', '"', "'"]}}},
  'stringSearch: marks of any script': {[columns.group]: {stringSearch: {values: ['カ゚', 'コヒ', 'השלם', 'abc']}}},
  'stringSearch: start': {[columns.group]: {stringSearch: {values: ['z', '1'], params: {mustStart: true}}}},
  'stringSearch: regular expression': {[columns.group]: {stringSearch: {values: ['^z.*a$', '^\\d+$'], params: {useRegExp: true}}}},
  'several': {[columns.group]: {in: {values: groups}}, small: {between: {values: [[-50, 50]]}, closed_open: {values: [[-100, 40]]}}, [columns.real]: {between: {values: [[1, 9]]}}},
  'nothing passes': {small: {in: {values: []}}}
};

// The library's sum over no values is 0, its least number Infinity: to SQL, and to the platform, there is none. A sum of a million decimals
// that is 0 is some 1e-9 in the library, which has doubles alone.
const hasValues = ({value}) => value !== null && Number.isFinite(value) && Math.abs(value) > 1e-7;
const nameOf = ({name}) => String(name);

/** With `all`, every combination of columns, operations, orders and steps; else those that differ in what they do with the rows. */
async function assertMethods(remote, local, options, all) {
  const same = async (method, more) => assertClose(await remote[method]({...options, ...more}), await local[method]({...options, ...more}), `${method} ${JSON.stringify(more)}`);
  const some = (await local.getFormula(options)).value > 0;
  const [first, ...others] = ['frequency_desc', 'frequency_asc', 'alphabetical_asc', 'alphabetical_desc'];
  await same('getFormula', {operation: 'count'});
  for (const column of all ? numbers : numbers.slice(0, 3)) {
    const {value: sum} = await remote.getFormula({...options, column, operation: 'sum'});
    for (const operation of operations) {
      if (sum !== null || operation === 'count') await same('getFormula', {column, operation});
      for (const orderBy of all ? [first, ...others] : [first]) {
        await assertCategories(remote, local, {...options, column: columns.group, operationColumn: column, operation, orderBy});
      }
      if (some && all) await same('getHistogram', {column, operation, ticks: [-1000, -7.5, 0, 0.25, 12, 300, 1e12]});
    }
    if (sum !== null) await same('getRange', {column});
  }
  if (some) {
    await same('getHistogram', {column: 'small', operation: 'count', ticks: []});
    await same('getHistogram', {column: columns.naive, operation: 'sum', ticks: [-10, 0, 10]});
    const few = {...options, xAxisColumn: columns.naive, yAxisColumn: 'small', filters: {...options.filters, id: {between: {values: [[1, 40]]}}}};
    assert.deepEqual((await remote.getScatter(few)).map(String).sort(), (await local.getScatter(few)).map(String).sort());
  }
  for (const column of all ? times : [columns.at]) {
    for (const stepSize of all ? ['second', 'minute', 'hour', 'day', 'week', 'month', 'year'] : ['day']) {
      await assertSeries(remote, local, {...options, column, stepSize, operation: 'count', operationColumn: 'small'});
    }
    for (const operation of all ? operations : ['sum']) await assertSeries(remote, local, {...options, column, stepSize: 'week', operation, operationColumn: columns.big});
  }
  const page = {columns: ['id', columns.group, columns.naive, 'flag'], sortBy: 'id', sortDirection: 'desc', limit: 50};
  for (const offset of [0, 40, 10_000_000]) await same('getTable', {...page, offset});
}

async function assertCategories(remote, local, options) {
  const [found, expected] = [await remote.getCategories(options), await local.getCategories(options)];
  const where = `getCategories ${JSON.stringify(options)}`;
  // Sums that differ in their last digits may change places where they are the order.
  assertClose(byName(found.filter(hasValues)), byName(expected.filter(hasValues)), where);
  if (options.operation === 'count') assertClose(found, expected, where);
  if (options.orderBy.startsWith('alphabetical')) assert.deepEqual(found.map(nameOf), expected.map(nameOf), where);
}

async function assertSeries(remote, local, options) {
  const {rows: expected} = await local.getTimeSeries(options);
  // Seconds of a million rows are more steps than an answer may have rows.
  if (expected.length > 200_000) return assert.rejects(remote.getTimeSeries(options), /more than 200000 rows/);
  // Texts of timestamps without zone are in UTC here, since the process is.
  const {rows: found} = await remote.getTimeSeries(options);
  const steps = found.map(({name, value}) => ({name: Date.parse(name), value}));
  // Where no row has a value the library lists the step all the same, with the sum of nothing.
  assertClose(steps.filter(hasValues), expected.filter(hasValues), `getTimeSeries ${JSON.stringify(options)}`);
}

const byName = (found) => Object.fromEntries(found.map(({name, value}) => [JSON.stringify(name), value]));

suite('oracles', () => {
  let remote;
  let local;

  before(async () => {
    process.env.TZ = 'UTC';
    remote = await remoteSources(`${schema}.odd`);
    local = {all: await localSource(`${schema}.odd`, world, times), viewport: await localSource(`${schema}.odd`, viewport, times)};
  });

  for (const [name, applied] of Object.entries(filters)) {
    test(`The library's own computation, table, ${name}`, () => assertMethods(remote.table, local.all, {filters: applied}, name === 'none'));
    test(`The library's own computation, query in a viewport, ${name}`, () =>
      assertMethods(remote.query, local.viewport, {filters: applied, spatialFilter: viewport}, name === 'several'));
  }

  for (const logic of ['and', 'or']) {
    test(`filtersLogicalOperator ${logic}`, async () => {
      const options = {operation: 'count', filters: {[columns.group]: {in: {values: ["O'Brien"]}}, small: {between: {values: [[0, null]]}}}};
      const [group, small] = [`${identifier(columns.group)} = ${literal("O'Brien")}`, 'small >= 0'];
      const expected = await row(`SELECT count(*) AS value FROM ${schema}.odd WHERE ${group} ${logic} ${small}`);
      const {table, query} = await remoteSources(`${schema}.odd`, {filtersLogicalOperator: logic});
      for (const source of [table, query]) assert.deepEqual(await source.getFormula(options), expected);
    });
  }

  test('An empty table', async () => {
    const [empty, own] = [await remoteSources(`${schema}.nothing`), await localSource(`${schema}.nothing`)];
    for (const source of [empty.table, empty.query]) {
      assert.deepEqual(await source.getFormula({operation: 'count'}), {value: 0});
      for (const operation of ['sum', 'avg', 'min', 'max']) assert.deepEqual(await source.getFormula({column: 'small', operation}), await own.getFormula({column: 'small', operation}));
      for (const [method, options] of [
        ['getCategories', {column: columns.group, operation: 'count'}], ['getHistogram', {column: 'small', operation: 'count', ticks: [0]}],
        ['getScatter', {xAxisColumn: 'small', yAxisColumn: 'big'}], ['getTable', {columns: ['id', columns.group]}]
      ]) assertClose(await source[method](options), await own[method](options), method);
      assert.deepEqual((await source.getTimeSeries({column: 'at', stepSize: 'day', operation: 'count'})).rows, []);
      assert.deepEqual(await source.getRange({column: 'small'}), {min: null, max: null});
      assert.deepEqual(await source.getAggregations({aggregations: [{column: '*', operation: 'count', alias: 'n'}, {column: 'big', operation: 'sum', alias: 's'}]}), {rows: [{n: 0, s: null}]});
    }
  });

  test('A group without values has none', async () => {
    const expected = await rows(`SELECT ${identifier(columns.group)} AS name, sum(nullif(${identifier(columns.amount)}, 'NaN')) AS value FROM ${schema}.odd WHERE id IN (1, 13, 14) GROUP BY 1 ORDER BY 2 DESC NULLS LAST, ${identifier(columns.group)} COLLATE "und-x-icu"`);
    const options = {column: columns.group, operation: 'sum', operationColumn: columns.amount, filters: {id: {in: {values: [1, 13, 14]}}}};
    assert.deepEqual(await remote.table.getCategories(options), expected);
    assert.ok(expected.some(({value}) => value === null));
  });

  test('Aggregations in both syntaxes, names in quotes', async () => {
    const [group, naive, amount] = [columns.group, columns.naive, columns.amount].map(identifier);
    const expected = await row(`SELECT count(*) AS n, sum(nullif(${naive}, 'NaN')) AS total, max(nullif(${amount}, 'NaN')) AS most, min(small) AS least FROM ${schema}.odd`);
    const list = [
      {column: '*', operation: 'count', alias: 'n'}, {column: columns.naive, operation: 'sum', alias: 'Total'},
      {column: columns.amount, operation: 'max', alias: 'MOST'}, {column: 'small', operation: 'min', alias: 'least'}
    ];
    const text = `count(*) AS n, sum(nullif(${naive}, 'NaN')) AS total, max(nullif(${amount}, 'NaN')) AS most, min(small) AS least`;
    const distinct = await row(`SELECT count(DISTINCT ${group}) AS value FROM ${schema}.odd`);
    for (const source of [remote.table, remote.query]) {
      assertClose(await source.getAggregations({aggregations: list}), {rows: [expected]});
      assertClose(await source.getAggregations({aggregations: text}), {rows: [expected]});
      assert.deepEqual(await source.getFormula({operation: 'custom', operationExp: `count(DISTINCT ${group})`}), distinct);
    }
  });

  test('A million rows', {skip: !long}, async () => {
    const million = await remoteSources(`${schema}.million`);
    await assertMethods(million.table, await localSource(`${schema}.million`, world, times), {filters: {}}, true);
  });
});
