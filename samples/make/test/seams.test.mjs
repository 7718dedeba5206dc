import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinLines, joinPolygons } from '../lib/seams.mjs';

const extent = 100;

test('Line_cut_at_an_edge_is_joined_without_the_cut', () => {
  const pieces = [[[100, 50], [140, 60]], [[60, 40], [100, 50]]];
  assert.deepEqual(joinLines(pieces, extent), [[[60, 40], [140, 60]]]);
});

test('Line_that_leaves_and_returns_is_joined_in_its_own_order', () => {
  const pieces = [[[60, 10], [100, 10]], [[100, 30], [60, 30]], [[100, 10], [150, 20], [100, 30]]];
  assert.deepEqual(joinLines(pieces, extent), [[[60, 10], [100, 10], [150, 20], [100, 30], [60, 30]]]);
});

test('Vertex_on_an_edge_at_which_the_line_bends_is_kept', () => {
  const pieces = [[[60, 50], [100, 50]], [[100, 50], [100, 90]]];
  assert.deepEqual(joinLines(pieces, extent), [[[60, 50], [100, 50], [100, 90]]]);
});

test('Lines_that_only_meet_inside_a_tile_stay_apart', () => {
  const pieces = [[[10, 10], [50, 50]], [[50, 50], [90, 10]]];
  assert.deepEqual(joinLines(pieces, extent), pieces);
});

test('Polygon_cut_at_an_edge_is_joined_without_the_cut', () => {
  const left = [[60, 10], [100, 10], [100, 40], [60, 40], [60, 10]];
  const right = [[100, 10], [150, 10], [150, 40], [100, 40], [100, 10]];
  const [[ring], ...more] = joinPolygons([[left], [right]], extent);
  assert.equal(more.length, 0);
  assert.deepEqual(ring.slice(1).sort(), [[150, 10], [150, 40], [60, 10], [60, 40]].sort());
});

test('Inner_ring_of_a_polygon_is_its_hole', () => {
  const outer = [[10, 10], [90, 10], [90, 90], [10, 90], [10, 10]];
  const hole = [[30, 30], [30, 60], [60, 60], [30, 30]];
  assert.deepEqual(joinPolygons([[outer, hole]], extent), [[outer, hole]]);
});
