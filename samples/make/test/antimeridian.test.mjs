import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutAtAntimeridian } from '../lib/antimeridian.mjs';
import { boundsOf } from '../lib/geometry.mjs';

const polygon = (...coordinates) => cutAtAntimeridian({ type: 'Polygon', coordinates });
const parts = (geometry) =>
  geometry.coordinates.map((coordinates) => boundsOf({ coordinates })).sort((a, b) => a[0] - b[0]);

test('Polygon_within_the_map_stays_as_it_is', () => {
  const ring = [[170, 0], [180, 0], [180, 10], [170, 0]];
  assert.deepEqual(polygon(ring), { type: 'MultiPolygon', coordinates: [[ring]] });
});

test('Polygon_across_the_antimeridian_becomes_two', () => {
  const ring = [[170, 0], [-170, 0], [-170, 10], [170, 10], [170, 0]];
  assert.deepEqual(parts(polygon(ring)), [[-180, 0, -170, 10], [170, 0, 180, 10]]);
});

test('Polygon_that_starts_east_of_the_antimeridian_becomes_two', () => {
  const ring = [[-170, 0], [-170, 10], [170, 10], [170, 0], [-170, 0]];
  assert.deepEqual(parts(polygon(ring)), [[-180, 0, -170, 10], [170, 0, 180, 10]]);
});

test('Coast_round_the_pole_is_closed_along_the_edge_of_the_map', () => {
  const pole = [[-180, -89.999], [90, -89.999], [0, -89.999], [-180, -89.999]];
  const coast = [[-180, -70], [-60, -70], [60, -70], [170, -75], [-180, -70]];
  assert.deepEqual(parts(polygon(pole, coast)), [[-180, -90, 180, -70]]);
});
