// Every model on values at the ends of their types, against plain SQL by psql. On a million rows of them: ./carto test DisplayName~widget-extremes --long
import {before, suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {clocks, columns, extremeTable, numbers, stepStart} from '../lib/extremes.js';
import {apiPath, request} from '../lib/platform.js';
import {scratchSchema} from '../lib/scratch.js';
import {identifier, row, rows} from '../lib/sql.js';
import {assertClose, polygon, remoteSources} from '../lib/widgets.js';

const long = process.env.CARTO_TEST_LONG === '1';
const count = long ? 1_000_000 : 6_000;
const schema = scratchSchema(() => extremeTable('extremes', count));
const table = () => `${schema}.extremes`;
const operations = ['count', 'sum', 'avg', 'min', 'max'];
const text = '"und-x-icu"';

const viewport = polygon([-100.5, -60.5, 120.5, 40.5]);
const inViewport = `ST_Intersects(geom, ST_GeomFromGeoJSON('${JSON.stringify(viewport)}'))`;

/** What is asked of the platform, and the same in SQL. */
const cuts = {
  'all rows': [{}, 'true'],
  'finite and positive': [{filters: {[columns.real]: {between: {values: [[0, 1e200]]}}, [columns.exact]: {closed_open: {values: [[0, 1e40]]}}}}, `${identifier(columns.real)} BETWEEN 0 AND 1e200 AND ${identifier(columns.exact)} >= 0 AND ${identifier(columns.exact)} < 1e40`],
  'without upper ends, in a viewport': [{filters: {[columns.real]: {between: {values: [[0, null]]}}, big: {closed_open: {values: [[0, null]]}}}, spatialFilter: viewport}, `${identifier(columns.real)} >= 0 AND ${identifier(columns.real)} <> 'NaN' AND big >= 0 AND ${inViewport}`],
  'before 1970': [{filters: {plain: {time: {values: [[null, -1]]}}, [columns.at]: {time: {values: [['0001-01-01T00:00:00Z', '1969-12-31T23:59:59.999999Z']]}}}}, `plain <= '1969-12-31 23:59:59.999' AND ${identifier(columns.at)} BETWEEN '0001-01-01Z' AND '1969-12-31 23:59:59.999999Z'`],
  'a cell of 64 bits': [{filters: {big: {in: {values: ['9223372036854775807', '9007199254740993', -5]}}}}, 'big IN (9223372036854775807, 9007199254740993, -5)'],
  'places of both poles': [{spatialFilter: {type: 'MultiPolygon', coordinates: [polygon([-180, -90, -179, -89]).coordinates, polygon([179, 89, 180, 90]).coordinates]}}, `(geom ~= ST_Point(180, 90, 4326) OR geom ~= ST_Point(-180, -90, 4326))`],
  'nothing': [{filters: {small: {in: {values: []}}}}, 'false']
};

// JSON has no other numbers: PostgreSQL's own JSON has them as texts.
const finite = (value) => (['NaN', 'Infinity', '-Infinity'].includes(value) ? null : typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value);
const plain = (found) => found.map((entry) => Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, key === 'name' ? value : finite(value)])));
const aggregate = (operation, value) => (operation === 'count' ? 'count(*)' : `${operation}(${value})`);

/** The name of a category in SQL, and the order of names. */
const named = (name) => ({
  value: name in numbers && name !== columns.text && name !== columns.flag
    ? name === 'big' ? 'CASE WHEN abs(big::numeric) <= 9007199254740992 THEN to_json(big) ELSE to_json(big::text) END' : `CASE WHEN abs(${numbers[name]}) < 'Infinity' THEN to_json(${identifier(name)}) END`
    : name === 'flag' ? 'to_json(flag::text)' : name === 'fixed' ? 'to_json(fixed)' : `to_json(${identifier(name)}::text)`,
  key: name in numbers && name !== columns.text && name !== columns.flag ? `CASE WHEN abs(${name === 'big' ? 'big::numeric' : numbers[name]}) < 'Infinity' THEN ${identifier(name)} END` : `coalesce(${identifier(name)}::text, 'null') COLLATE ${text}`
});

async function assertSteps(both, options, where, {column, stepSize, stepMultiplier = 1, operation, operationColumn}) {
  const more = {column, stepSize, stepMultiplier, operation, operationColumn};
  const time = clocks[column];
  const expected = await rows(`SELECT ${stepStart('t', stepSize, stepMultiplier)} AS name, ${aggregate(operation, numbers[operationColumn])} AS value FROM (SELECT *, ${time} AS t FROM ${table()} WHERE ${where}) AS x WHERE t IS NOT NULL AND ${identifier(operationColumn)} IS NOT NULL GROUP BY 1 ORDER BY 1`);
  const moments = (entries, zone) => entries.map(({name, value}) => ({name: Date.parse(name + zone), value: finite(value)}));
  await both(async (source) => assertClose(moments((await source.getTimeSeries({...options, ...more})).rows, ''), moments(expected, 'Z'), `getTimeSeries ${JSON.stringify(more)}`));
}

suite('extremes', () => {
  let sources;
  const both = (check) => Promise.all([check(sources.table), check(sources.query)]);

  before(async () => (sources = await remoteSources(table())));

  for (const [cut, [options, where]] of Object.entries(cuts).slice(0, long ? 7 : 3)) {
    /** The first few of what there is to ask, since each is a statement of psql's and some requests; all of it once in the long form. */
    const some = (list, most) => (long && where === 'true' ? list : list.slice(0, most));

    test(`Formulas, ranges and aggregations, ${cut}`, async () => {
      for (const [column, value] of Object.entries(numbers)) {
        const list = operations.map((operation) => `${aggregate(operation, value)} AS ${operation}`).join(', ');
        const [expected] = plain([await row(`SELECT ${list} FROM ${table()} WHERE ${where}`)]);
        for (const operation of operations) await both(async (source) => assertClose(await source.getFormula({...options, column, operation}), {value: expected[operation]}, `${operation} of ${column}`));
        const aggregations = operations.map((operation) => ({column, operation, alias: operation}));
        await both(async (source) => assertClose((await source.getAggregations({...options, aggregations})).rows, [expected], `aggregations of ${column}`));
        const [ends] = plain([await row(`SELECT min(v), max(v) FROM (SELECT ${value} AS v FROM ${table()} WHERE ${where}) AS x WHERE abs(v::numeric) < 'Infinity'`)]);
        await both(async (source) => assertClose(await source.getRange({...options, column}), ends, `range of ${column}`));
      }
    });

    test(`Histograms and pairs, ${cut}`, async () => {
      for (const [column, value] of Object.entries(numbers)) {
        for (const ticks of some([[-1000, -7.5, 0, 0.25, 12, 300, 1e12], [9007199254740992, 9007199254740994], [-1e300, 0, 1e300], []], 2)) {
          const bin = ticks.length === 0 ? '0' : `(SELECT count(*) FROM unnest(ARRAY[${ticks}]::numeric[]) AS t WHERE v >= t)`;
          const counted = plain(await rows(`SELECT ${bin} AS tick, count(*) AS value, sum(w) AS sum FROM (SELECT (${value})::numeric AS v, ${value} AS w FROM ${table()} WHERE ${where}) AS x WHERE v IS NOT NULL GROUP BY 1`));
          const bars = counted.length === 0 ? [] : Array.from({length: ticks.length + 1}, (_, tick) => counted.find((entry) => entry.tick === tick)?.value ?? 0);
          await both(async (source) => assert.deepEqual(await source.getHistogram({...options, column, operation: 'count', ticks}), bars, `histogram of ${column} ${ticks}`));
          const added = bars.map((_, tick) => (counted.some((entry) => entry.tick === tick) ? counted.find((entry) => entry.tick === tick).sum : 0));
          await both(async (source) => assertClose(await source.getHistogram({...options, column, operation: 'sum', ticks}), added, `histogram of sums of ${column} ${ticks}`));
        }

        const few = {...options, filters: {...options.filters, id: {between: {values: [[1, 300]]}}}};
        const pairs = await rows(`SELECT x, y FROM (SELECT ${value} AS x, ${numbers[columns.real]} AS y FROM ${table()} WHERE ${where} AND id <= 300) AS p WHERE abs(x::numeric) < 'Infinity' AND abs(y::numeric) < 'Infinity'`);
        const shown = (found) => found.map(([x, y]) => `${Number(x)} ${Number(y)}`).sort();
        await both(async (source) => assert.deepEqual(shown(await source.getScatter({...few, xAxisColumn: column, yAxisColumn: columns.real})), shown(pairs.map(({x, y}) => [x, y])), column));
      }
    });

    test(`Categories, ${cut}`, async () => {
      for (const column of some([columns.group, 'big', columns.real, 'flag', 'fixed', columns.exact, 'key', columns.text, 'single', 'small', 'list', 'span'], 5)) {
        const {value: name, key} = column === 'small' ? {value: 'to_json(small)', key: 'small'} : named(column);
        for (const [orderBy, order] of some(Object.entries({frequency_desc: 'value DESC, key', frequency_asc: 'value, key', alphabetical_asc: 'key', alphabetical_desc: 'key DESC'}), 1)) {
          const groups = `SELECT (${name})::jsonb AS name, (${key}) AS key, count(*) AS value FROM ${table()} WHERE ${where} GROUP BY 1, 2`;
          const expected = await rows(`SELECT name, value FROM (${groups}) AS g ORDER BY ${order}, name IS NULL`);
          if (expected.length > 200_000) continue;
          await both(async (source) => {
            const found = await source.getCategories({...options, column, operation: 'count', orderBy});
            // -0 and 0 are one category, of either name.
            assert.deepEqual(found.map((entry) => ({...entry, name: entry.name === 0 ? 0 : entry.name})), expected, `${column} ${orderBy}`);
          });
          if (expected.length <= 3) continue;
          const others = expected.slice(3).reduce((sum, {value}) => sum + value, 0);
          await both(async (source) => {
            const cutOff = await source.getCategories({...options, column, operation: 'count', orderBy, othersThreshold: 3});
            assert.deepEqual(cutOff.at(-1), {name: '_carto_others', value: others}, `${column} ${orderBy}`);
          });
        }
      }
      for (const operation of operations) {
        for (const [column, value] of some(Object.entries(numbers), 3)) {
          const expected = plain(await rows(`SELECT ${identifier(columns.group)} AS name, ${aggregate(operation, value)} AS value FROM ${table()} WHERE ${where} GROUP BY 1`));
          const byName = (entries) => Object.fromEntries(entries.map(({name: of, value: number}) => [JSON.stringify(of), number]));
          await both(async (source) =>
            assertClose(byName(await source.getCategories({...options, column: columns.group, operation, operationColumn: column})), byName(expected), `${operation} of ${column} by group`)
          );
        }
      }
    });

    test(`Series, ${cut}`, async () => {
      for (const column of Object.keys(clocks)) {
        for (const [stepSize, multipliers] of some(Object.entries({week: [3, 1], month: [7, 1, 3], hour: [1000], day: [1, 10], second: [999_983], minute: [50_000], year: [1, 4, 1000]}), 3)) {
          for (const stepMultiplier of some(multipliers, 1)) {
            await assertSteps(both, options, where, {column, stepSize, stepMultiplier, operation: 'count', operationColumn: 'big'});
          }
        }
        for (const operation of some(operations, 2)) await assertSteps(both, options, where, {column, stepSize: 'year', stepMultiplier: 10, operation, operationColumn: columns.exact});
      }
      const expected = await rows(`SELECT ${stepStart('t', 'year', 100)} AS name, ${identifier(columns.group)} AS category, count(*) AS value FROM (SELECT *, ${clocks.day} AS t FROM ${table()} WHERE ${where}) AS x WHERE t IS NOT NULL GROUP BY 1, 2`);
      const shown = (entries, zone) => entries.map(({name, category, value}) => JSON.stringify([Date.parse(name + zone), category, value])).sort();
      const split = {...options, column: 'day', stepSize: 'year', stepMultiplier: 100, operation: 'count', splitByCategory: columns.group};
      await both(async (source) => assert.deepEqual(shown((await source.getTimeSeries(split)).rows, ''), shown(expected, 'Z')));
    });

    test(`Pages, ${cut}`, async () => {
      const {total} = await row(`SELECT count(*) AS total FROM ${table()} WHERE ${where}`);
      for (const sortBy of some([columns.exact, columns.at, 'host', 'big', 'single', 'day', columns.real, 'plain', 'flag', 'key', 'small', 'span'], 3)) {
        for (const sortDirection of ['asc', 'desc']) {
          for (const offset of some([Math.max(0, total - 7), 0, total], 1)) {
            const expected = (await rows(`SELECT id FROM ${table()} WHERE ${where} ORDER BY ${identifier(sortBy)} ${sortDirection} NULLS LAST, id LIMIT 20 OFFSET ${offset}`)).map(({id}) => id);
            // A query has no primary key: its ties may come in another order, though in the same on every page.
            await both(async (source) => {
              const page = await source.getTable({...options, columns: ['id', sortBy], sortBy, sortDirection, limit: 20, offset});
              assert.equal(page.totalCount, total, sortBy);
              if (source === sources.table) assert.deepEqual(page.rows.map(({id}) => id), expected, `${sortBy} ${sortDirection} ${offset}`);
              else assert.equal(page.rows.length, expected.length);
            });
          }
        }
      }
    });
  }

  test('Features by the ids of their cells', async () => {
    const level = 11;
    const places = await rows(`SELECT ST_X(geom) AS x, ST_Y(geom) AS y, count(*) AS n, min(id) AS first FROM ${table()} WHERE NOT ST_IsEmpty(geom) GROUP BY 1, 2 ORDER BY first LIMIT 40`);
    const cell = (share) => Math.min(Math.max(Math.floor(share * 2 ** level), 0), 2 ** level - 1);
    const idOf = ({x, y}) => {
      const latitude = (Math.min(Math.max(y, -85.0511287798066), 85.0511287798066) * Math.PI) / 180;
      return `${level}/${cell((x + 180) / 360)}/${cell(0.5 - Math.log(Math.tan(Math.PI / 4 + latitude / 2)) / (2 * Math.PI))}`;
    };
    const ids = places.map(idOf);
    assert.equal(new Set(ids).size, ids.length, 'places are far apart');
    const total = places.reduce((sum, {n}) => sum + n, 0);
    for (const source of [sources.table, sources.query]) {
      const {rows: found, metadata} = await source.getFeatures({columns: ['_carto_feature_id', 'id'], dataType: 'points', featureIds: ids, z: 4, tileResolution: 0.25, limit: 1000});
      assert.equal(metadata.total, total);
      assert.equal(found.length, Math.min(total, 1000));
      const order = found.map((entry) => ids.indexOf(entry._carto_feature_id));
      assert.ok(order.every((at, index) => at >= 0 && (index === 0 || order[index - 1] <= at)));
      if (total <= 1000) places.forEach(({first}, index) => assert.equal(found.find(({id}) => id === first)._carto_feature_id, ids[index]));
      assert.deepEqual(await source.getFormula({operation: 'count', featureIds: ids, geometryType: 'points'}), {value: total});
    }
  });

  test('The extent, of all places that are one', async () => {
    for (const source of [sources.table, sources.query]) assert.deepEqual(await source.getExtent(), {bbox: [-180, -90, 180, 90]});
  });

  test('Statistics of each column', async () => {
    for (const at of [`${table()}/COLUMN`, 'COLUMN']) {
      const stats = async (column) => {
        const query = at === 'COLUMN' ? `?q=${encodeURIComponent(`SELECT * FROM ${table()}`)}` : '';
        const response = await request(`${apiPath('stats', at.replace('COLUMN', encodeURIComponent(column)))}${query}`);
        const body = await response.json();
        assert.equal(response.status, 200, JSON.stringify(body));
        assert.ok(!body.sampled);
        return body;
      };
      for (const column of [columns.real, columns.exact, 'big', 'single', 'ms', 'small']) {
        const fractions = [4, 7, 20].map((classes) => [classes, Array.from({length: classes + 1}, (_, index) => index / classes)]);
        const lists = fractions.map(([classes, list]) => `(percentile_cont(ARRAY[${list}]::float8[]) WITHIN GROUP (ORDER BY v::float8)) AS q${classes}`).join(', ');
        const [expected] = plain([await row(`SELECT min(v), max(v), avg(v), sum(v), ${lists} FROM (SELECT ${identifier(column)}::${column === 'single' ? 'float8::' : ''}numeric AS v FROM ${table()}) AS x WHERE abs(v) < 'Infinity'`)]);
        const {type, min, max, avg, sum, quantiles} = await stats(column);
        assert.equal(type, 'Number');
        assertClose({min, max, avg, sum, q4: quantiles[4], q7: quantiles[7], q20: quantiles[20]}, expected, column);
      }
      for (const column of [columns.group, columns.text, 'key', 'host', 'list', 'span']) {
        const expected = await rows(`SELECT CASE WHEN ${identifier(column)} IS NOT NULL THEN format('%s', ${identifier(column)}) END AS category, count(*) AS frequency FROM ${table()} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1000`);
        const {type, categories, categoryCount} = await stats(column);
        assert.deepEqual([type, categories], ['String', expected], column);
        assert.deepEqual({n: categoryCount}, await row(`SELECT count(*) AS n FROM (SELECT DISTINCT ${identifier(column)}::text FROM ${table()}) AS d`));
      }
    }
  });

  test('More categories than an answer has rows are an error', {skip: count <= 200_000}, async () => {
    for (const column of ['id']) await assert.rejects(sources.table.getCategories({column, operation: 'count'}), /more than 200000 rows/);
  });
});
