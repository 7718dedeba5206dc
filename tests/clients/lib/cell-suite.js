// The suites of both systems of cells: sources of the client library, tiles by deck.gl's layers, sums against the table.
import {suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {vectorTableSource} from '@carto/api-client';
import {loadCells, schemes, tileLayer} from './cells.js';
import {clientOptions} from './platform.js';
import {scratchSchema} from './scratch.js';
import {eachOf} from './tiles.js';

const aggregationExp = 'sum(n) AS N_sum, count(*) as n_count, 1 AS __aggregationValue';

/** Places all over the world, the poles and the antimeridian among them. */
export const places = [
  ...Array.from({length: 300}, (_, i) => [((i * 37.77) % 360) - 180, ((i * 23.3) % 170) - 85]),
  ...Array.from({length: 200}, (_, i) => [-56.3 + (i % 20) * 0.01, -34.95 + Math.floor(i / 20) * 0.01]),
  [180, 0.5], [-180, -0.5], [12, 89.9], [-12, -89.9]
];

function totals(cells) {
  const sums = new Map();
  cells.forEach(([cell, n]) => {
    const [sum, count] = sums.get(String(cell)) ?? [0, 0];
    sums.set(String(cell), [sum + n, count + 1]);
  });
  return new Map([...sums].sort());
}

/**
 * @param {string} scheme
 * @param {{tableSource: Function, querySource: Function, cellAt: (place: number[], resolution: number) => any, resolution: number, level: number}} kit
 */
export function cellSuite(scheme, {tableSource, querySource, cellAt, resolution, level}) {
  const {parent, toSql} = schemes[scheme];
  const cells = places.map((place, i) => [cellAt(place, resolution), i]);

  suite(scheme, () => {
    const schema = scratchSchema(() => `
      CREATE TABLE cells (${scheme} ${scheme === 'h3' ? 'text' : 'bigint'}, n int);
      INSERT INTO cells VALUES ${cells.map(([cell, n]) => `(${toSql(cell)}, ${n})`).join(', ')}, (NULL, 1000000);
      CREATE TABLE points (n int, geom geometry(Point, 4326));
      INSERT INTO points VALUES ${places.map(([lon, lat], i) => `(${i}, ST_Point(${lon}, ${lat}, 4326))`).join(', ')};
      CREATE TABLE nothing (${scheme} bigint);
    `);

    async function assertTiles(tilejson, tileResolution, cellResolution, sourceResolution) {
      const sourceCells = places.map((place) => cellAt(place, sourceResolution));
      const expected = totals(sourceCells.map((cell, i) => [parent(cell, cellResolution), i]));
      const tiles = new Map(sourceCells.map((cell) => parent(cell, tileResolution)).map((cell) => [String(cell), cell]));
      const found = [];
      await eachOf([...tiles.values()], async (tile) => {
        for (const {id, properties} of await loadCells(scheme, tilejson, tile)) {
          assert.equal(String(parent(id, tileResolution)), String(tile), `the cell ${id} is in the tile ${tile}`);
          assert.equal(properties.__aggregationValue, 1);
          found.push([String(id), [properties.N_sum, properties.n_count]]);
        }
      });
      assert.equal(new Set(found.map(([id]) => id)).size, found.length, 'no cell is in two tiles');
      assert.deepEqual(new Map(found.sort()), expected);
    }

    for (const [kind, makeSource] of [
      ['table', () => tableSource(clientOptions({tableName: `${schema}.cells`, aggregationExp, aggregationResLevel: level}))],
      ['query', () => querySource(clientOptions({sqlQuery: `SELECT * FROM ${schema}.cells WHERE n < $1`, queryParameters: [2_000_000], aggregationExp, aggregationResLevel: level}))]
    ]) {
      test(`${kind} source of stored cells: sums over all tiles are those of the table`, async () => {
        const tilejson = await makeSource();
        assert.equal(tilejson.scheme, scheme);
        assert.equal(tilejson.dataresolution, resolution);
        assert.equal(tilejson.maxresolution, resolution - level);
        for (const tileResolution of [0, 2, resolution - level]) await assertTiles(tilejson, tileResolution, tileResolution + level, resolution);
      });
    }

    test('Points are binned on the fly', async () => {
      const tilejson = await tableSource(clientOptions({tableName: `${schema}.points`, spatialDataColumn: 'geom', aggregationExp, aggregationResLevel: level}));
      for (const tileResolution of [0, 3]) await assertTiles(tilejson, tileResolution, tileResolution + level, tileResolution + level);
      const {value} = await tilejson.widgetSource.getFormula({operation: 'count', column: '*'});
      assert.equal(value, places.length);
    });

    test('The layer asks for tiles within the resolutions of the TileJSON', async () => {
      const tilejson = await tableSource(clientOptions({tableName: `${schema}.cells`, aggregationExp, aggregationResLevel: level}));
      const {minZoom, maxZoom, data} = tileLayer(scheme, tilejson).props;
      assert.equal(maxZoom, resolution - level);
      if (scheme === 'h3') assert.equal(minZoom, 0);
      assert.match(data[0], /\/\{i\}\?/);
    });

    test('Tiles of an empty table are empty', async () => {
      const tilejson = await tableSource(clientOptions({tableName: `${schema}.nothing`, aggregationExp: 'count(*) as n'}));
      assert.deepEqual(await loadCells(scheme, tilejson, cellAt([0, 0], 0)), []);
    });

    test('Filters of the source come before the cells', async () => {
      const tilejson = await tableSource(clientOptions({
        tableName: `${schema}.cells`, aggregationExp, aggregationResLevel: level, filters: {n: {between: {values: [[10, 19]]}}}
      }));
      const roots = new Map(cells.map(([cell]) => parent(cell, 0)).map((cell) => [String(cell), cell]));
      let count = 0;
      await eachOf([...roots.values()], async (tile) => {
        for (const {properties} of await loadCells(scheme, tilejson, tile)) count += properties.n_count;
      });
      assert.equal(count, 10);
    });

    for (const mode of ['intersects', 'center', 'contains']) {
      test(`A viewport filters widgets by cells that it ${mode}`, async () => {
        const {widgetSource} = await tableSource(clientOptions({tableName: `${schema}.cells`, aggregationExp, aggregationResLevel: level}));
        const spatialFilter = {type: 'Polygon', coordinates: [[[-60, -40], [-50, -40], [-50, -30], [-60, -30], [-60, -40]]]};
        const {value} = await widgetSource.getFormula({operation: 'count', column: '*', spatialFilter, spatialFiltersMode: mode});
        const inside = places.filter(([lon, lat]) => lon > -60 && lon < -50 && lat > -40 && lat < -30).length;
        assert.ok(Math.abs(value - inside) <= 2, `${value} rows, ${inside} places`);
      });
    }

    test('An unknown column in the expression is an error of the client', async () => {
      await assert.rejects(tableSource(clientOptions({tableName: `${schema}.cells`, aggregationExp: 'sum(nowhere) as x'})), /Column not found/);
      await assert.rejects(vectorTableSource(clientOptions({tableName: `${schema}.cells`, spatialDataColumn: scheme})), /holds no geometry/);
    });
  });
}
