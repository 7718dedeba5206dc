// Filters of every type (section 8): the rows in the tile are those that SQL finds with the condition beside them.
import {suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {vectorQuerySource, vectorTableSource} from '@carto/api-client';
import {clientOptions} from '../lib/platform.js';
import {scratchSchema} from '../lib/scratch.js';
import {rows} from '../lib/sql.js';
import {thingsTable} from '../lib/things.js';
import {valuesIn} from '../lib/tiles.js';

const schema = scratchSchema(() => thingsTable);
const time = (text) => Date.parse(text);
const search = (values, params) => ({name: {stringSearch: {values, params}}});

const cases = {
  'in: texts': [{name: {in: {values: ['Café Ñandú', "O'Brien"]}}}, `name IN ('Café Ñandú', 'O''Brien')`],
  'in: texts that look like SQL': [{name: {in: {values: ["') OR true --", '100% (sure) [x]? .*']}}}, 'id = 5'],
  'in: the empty text': [{name: {in: {values: ['']}}}, 'id = 7'],
  'in: numbers': [{id: {in: {values: [1, 3, 99]}}}, 'id IN (1, 3)'],
  'in: numbers as text': [{id: {in: {values: ['2', '4']}}}, 'id IN (2, 4)'],
  'in: numeric': [{amount: {in: {values: [10.5, 5000.01]}}}, 'amount IN (10.5, 5000.01)'],
  'in: booleans': [{flag: {in: {values: [true]}}}, 'flag'],
  'in: no values pass nothing': [{name: {in: {values: []}}}, 'false'],
  'between: both ends count': [{amount: {between: {values: [[10.5, 5000]]}}}, 'amount BETWEEN 10.5 AND 5000'],
  'between: several intervals': [{amount: {between: {values: [[0, 11], [5000.01, null]]}}}, 'amount BETWEEN 0 AND 11 OR amount >= 5000.01'],
  'between: open below': [{amount: {between: {values: [[null, 0]]}}}, 'amount <= 0'],
  'between: open on both sides passes what is not null': [{amount: {between: {values: [[null, null]]}}}, 'amount IS NOT NULL'],
  'closed_open: the upper end does not count': [{amount: {closed_open: {values: [[10.5, 5000]]}}}, 'amount >= 10.5 AND amount < 5000'],
  'time: milliseconds, both ends count': [
    {at: {time: {values: [[time('2024-01-01T00:00:00Z'), time('2024-06-30T23:59:59.999Z')]]}}},
    `at BETWEEN '2024-01-01Z' AND '2024-06-30 23:59:59.999Z'`
  ],
  'time: before 1970': [{at: {time: {values: [[null, -1]]}}}, `at < '1970-01-01Z'`],
  'time: ISO 8601': [{at: {time: {values: [['2024-12-01T00:00:00Z', '2025-01-01T00:00:00Z']]}}}, 'id = 3'],
  'time: dates': [{day: {time: {values: [[time('2024-02-29T00:00:00Z'), time('2024-03-10T00:00:00Z')]]}}}, `day IN ('2024-02-29', '2024-03-10')`],
  'stringSearch: without case and accents': [search(['cafe']), 'id IN (1, 2)'],
  'stringSearch: accents in the value': [search(['ñÁnd']), 'id = 1'],
  'between: NaN is in no interval': [{score: {between: {values: [[2, null]]}}}, "id IN (4, 7, 8)"],
  'between: NaN is not in the interval open on both sides': [{score: {between: {values: [[null, null]]}}}, "score <> 'NaN'"],
  'stringSearch: wildcards are letters': [search(['%']), 'id IN (4, 5)'],
  'stringSearch: brackets are letters': [search(['(sure) [x]? .*']), 'id = 5'],
  'stringSearch: a quote and a backslash': [search(["o'b", '\\ b']), 'id IN (3, 8)'],
  'stringSearch: any of several': [search(['日本', 'brien']), 'id IN (3, 8)'],
  'stringSearch: mustStart': [search(['ca'], {mustStart: true}), 'id IN (1, 2)'],
  'stringSearch: mustEnd': [search(['AL'], {mustEnd: true}), 'id = 2'],
  'stringSearch: caseSensitive': [search(['CAFE'], {caseSensitive: true}), 'id = 2'],
  'stringSearch: keepSpecialCharacters': [search(['cafe'], {keepSpecialCharacters: true}), 'id = 2'],
  'stringSearch: useRegExp': [search(['^[ao].*[nc]$'], {useRegExp: true}), 'id IN (3, 4)'],
  'stringSearch: numbers by their text': [{id: {stringSearch: {values: ['7']}}}, 'id = 7'],
  'a null value passes no filter': [{flag: {in: {values: [true, false]}}}, 'flag IS NOT NULL'],
  'columns are joined by AND': [{flag: {in: {values: [true]}}, amount: {between: {values: [[0, null]]}}}, 'flag AND amount >= 0'],
  'types of one column are joined by AND': [{amount: {between: {values: [[0, 5000]]}, in: {values: [10.5, 5000.01]}}}, 'id = 1'],
  'the owner is ignored': [{id: {in: {values: [4], owner: 'widget'}}}, 'id = 4'],
  'a column with quotes in its name': [{'Odd "name" ñ': {in: {values: ['it\'s "x"', '$1']}}}, 'id IN (2, 3)'],
  'no conditions': [{amount: {}}, 'true']
};

const refused = {
  'an unknown type': [{name: {like: {values: ['x']}}}, /like/],
  'an unknown column': [{nowhere: {in: {values: [1]}}}, /Column not found/],
  'values that are no list': [{name: {in: {values: 'x'}}}, /./],
  'an interval that is no pair': [{amount: {between: {values: [5]}}}, /./],
  'a number that is none': [{amount: {between: {values: [['ten', null]]}}}, /./],
  'a broken regular expression': [search(['('], {useRegExp: true}), /./]
};

suite('filters', () => {
  for (const [name, [filters, condition]] of Object.entries(cases)) {
    test(name, async () => {
      const expected = await rows(`SELECT id FROM "${schema}".things WHERE geom IS NOT NULL AND (${condition})`);
      const ids = expected.map((thing) => thing.id).sort((a, b) => a - b);
      const table = await vectorTableSource(clientOptions({tableName: `${schema}.things`, filters}));
      assert.deepEqual(await valuesIn(table, 'id'), ids, 'table');
      const sqlQuery = `SELECT * FROM ${schema}.things WHERE id <> $1`;
      const query = await vectorQuerySource(clientOptions({sqlQuery, queryParameters: [ids[0] ?? 0], filters}));
      assert.deepEqual(await valuesIn(query, 'id'), ids.slice(1), 'query with a parameter beside the filter');
    });
  }

  for (const [name, [filters, message]] of Object.entries(refused)) {
    test(`${name}: 400`, async () => {
      await assert.rejects(vectorTableSource(clientOptions({tableName: `${schema}.things`, filters})), (error) => {
        assert.equal(error.name, 'CartoAPIError');
        assert.equal(error.response.status, 400);
        assert.match(error.responseJson.error, message);
        return true;
      });
    });
  }

  test('An unknown column is named', async () => {
    const filters = {nowhere: {in: {values: [1]}}};
    await assert.rejects(vectorTableSource(clientOptions({tableName: `${schema}.things`, filters})), (error) => {
      assert.deepEqual(error.responseJson.column_name, 'nowhere');
      return true;
    });
  });

  test('Filters of 100 kB go by POST and into short tile addresses', async () => {
    const values = Array.from({length: 8000}, (_, i) => `some value ${i}`);
    const filters = {name: {in: {values: [...values, "O'Brien"]}}};
    const tilejson = await vectorTableSource(clientOptions({tableName: `${schema}.things`, filters}));
    assert.ok(tilejson.tiles[0].length < 7000);
    assert.deepEqual(await valuesIn(tilejson, 'id'), [3]);
  });

  test('A filter column need not be among the columns', async () => {
    const filters = {flag: {in: {values: [false]}}};
    const tilejson = await vectorTableSource(clientOptions({tableName: `${schema}.things`, columns: ['id'], filters}));
    assert.deepEqual(await valuesIn(tilejson, 'id'), [2, 4, 8]);
  });
});
