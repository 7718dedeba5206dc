// The data sets of the library's own tests (contract, section 17): six stores, and states for what is behind the first categories.
import {before, suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {scratchSchema} from '../lib/scratch.js';
import {localSource, remoteSources} from '../lib/widgets.js';

const schema = scratchSchema(() => `
CREATE TABLE stores (cartodb_id int PRIMARY KEY, storetype text, city text, revenue bigint, geom geometry(Point, 4326));
INSERT INTO stores VALUES
  (302, 'Drugstore', 'BOSTON', 1301427, ST_Point(-71.0643, 42.35392, 4326)), (342, 'Drugstore', 'BOSTON', 1646773, ST_Point(-71.06158, 42.35157, 4326)),
  (337, 'Drugstore', 'BOSTON', 1449786, ST_Point(-71.10695, 42.33785, 4326)), (322, 'Drugstore', 'DORCHESTER', 1876776, ST_Point(-71.05945, 42.29802, 4326)),
  (321, 'Drugstore', 'DORCHESTER', 1254145, ST_Point(-71.07176, 42.29212, 4326)), (310, 'Drugstore', 'MATTAPAN', 1866052, ST_Point(-71.09276, 42.26986, 4326));
CREATE TABLE states (id serial PRIMARY KEY, state text, "Value" int, geom geometry(Point, 4326) DEFAULT ST_Point(0, 0, 4326));
INSERT INTO states (state, "Value") VALUES ('NY', 100), ('CA', 200), ('FL', 400), ('IL', 400), ('IL', 100), ('TX', 300), ('TX', 600), ('TX', 700);
`);

const ofStores = {
  'count': ['getFormula', {operation: 'count'}, {value: 6}],
  'greatest revenue': ['getFormula', {column: 'revenue', operation: 'max'}, {value: 1876776}],
  'range of revenue': ['getRange', {column: 'revenue'}, {min: 1254145, max: 1876776}],
  'three ticks make four bins': ['getHistogram', {column: 'revenue', operation: 'count', ticks: [997472.3, 1716077, 2056468.7]}, [0, 4, 2, 0]],
  'cities': ['getCategories', {column: 'city', operation: 'count'}, [{name: 'BOSTON', value: 3}, {name: 'DORCHESTER', value: 2}, {name: 'MATTAPAN', value: 1}]],
  'a page': [
    'getTable', {columns: ['city', 'revenue'], sortBy: 'revenue', sortDirection: 'desc', limit: 2},
    {totalCount: 6, rows: [{city: 'DORCHESTER', revenue: 1876776}, {city: 'MATTAPAN', revenue: 1866052}]}
  ],
  'aggregations': [
    'getAggregations', {aggregations: [{column: '*', operation: 'count', alias: 'n'}, {column: 'revenue', operation: 'min', alias: 'least'}]},
    {rows: [{n: 6, least: 1254145}]}
  ]
};

const others = (value) => ({name: '_carto_others', value});
const named = (...pairs) => pairs.map(([name, value]) => ({name, value}));
const ofStates = {
  'sum, the first two': [
    {operation: 'sum', othersThreshold: 2}, [...named(['TX', 1600], ['IL', 500], ['FL', 400], ['CA', 200], ['NY', 100]), others(700)]
  ],
  'count, the first three': [
    {operation: 'count', othersThreshold: 3}, [...named(['TX', 3], ['IL', 2], ['CA', 1], ['FL', 1], ['NY', 1]), others(2)]
  ],
  'count, the first three by name': [
    {operation: 'count', othersThreshold: 3, orderBy: 'alphabetical_asc'}, [...named(['CA', 1], ['FL', 1], ['IL', 2], ['NY', 1], ['TX', 3]), others(4)]
  ],
  'average of values, not of averages': [
    {operation: 'avg', othersThreshold: 1, orderBy: 'alphabetical_desc'},
    [...named(['TX', 1600 / 3], ['NY', 100], ['IL', 250], ['FL', 400], ['CA', 200]), others(1200 / 5)]
  ],
  'as many as there are': [{operation: 'max', othersThreshold: 5}, [...named(['TX', 700], ['FL', 400], ['IL', 400], ['CA', 200], ['NY', 100]), others(undefined)]]
};

suite('fixtures of the library', () => {
  const sources = {};

  before(async () => {
    for (const table of ['stores', 'states']) {
      const name = `${schema}.${table}`;
      sources[table] = {...(await remoteSources(name)), local: await localSource(name)};
    }
  });

  for (const kind of ['table', 'query', 'local']) {
    for (const [name, [method, options, expected]] of Object.entries(ofStores)) {
      test(`six stores, ${kind}: ${name}`, async () => assert.deepEqual(await sources.stores[kind][method](options), expected));
    }

    for (const [name, [options, expected]] of Object.entries(ofStates)) {
      test(`states, ${kind}: ${name}`, async () =>
        assert.deepEqual(await sources.states[kind].getCategories({column: 'state', operationColumn: 'Value', ...options}), expected));
    }
  }
});
