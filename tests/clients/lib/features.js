// The binary features that deck.gl draws, as plain objects, with the rules of the format checked on the way.
import assert from 'node:assert/strict';

const identity = (position) => position;

/**
 * Features of a decoded tile: `{kind, id, globalId, properties, parts}`. `parts` are points, paths, or polygons (lists of rings),
 * each position passed through `transform`.
 */
export function featuresOf(tile, transform = identity) {
  if (tile === null) return [];
  return [
    ...group('point', tile.points, transform, pointParts),
    ...group('line', tile.lines, transform, lineParts),
    ...group('polygon', tile.polygons, transform, polygonParts)
  ];
}

function group(kind, data, transform, partsOf) {
  assert.ok(data, `the tile has no group of ${kind}s`);
  const count = vertexCount(kind, data);
  checkVertexArrays(kind, data, count);
  const features = new Map();
  for (const {start, part} of partsOf(data, count, (vertex) => transform(positionAt(data, vertex)))) {
    const index = data.featureIds.value[start];
    if (!features.has(index)) features.set(index, featureAt(kind, data, index, start));
    features.get(index).parts.push(part);
  }
  assert.equal(features.size, data.properties.length, `${kind}s: one set of properties for each feature`);
  return [...features.values()];
}

function vertexCount(kind, {positions}) {
  assert.equal(positions.size, 2, `${kind}s: positions are pairs`);
  assert.equal(positions.value.length % 2, 0, `${kind}s: positions are pairs`);
  return positions.value.length / 2;
}

function checkVertexArrays(kind, {featureIds, globalFeatureIds, numericProps}, count) {
  assert.equal(featureIds.value.length, count, `${kind}s: a feature id for each vertex`);
  assert.equal(globalFeatureIds.value.length, count, `${kind}s: a global feature id for each vertex`);
  for (const [key, {value}] of Object.entries(numericProps)) {
    assert.equal(value.length, count, `${kind}s: a value of ${key} for each vertex`);
  }
}

function featureAt(kind, data, index, vertex) {
  const properties = {...data.properties[index]};
  for (const [key, {value}] of Object.entries(data.numericProps)) {
    if (!Number.isNaN(value[vertex])) properties[key] = value[vertex];
  }
  for (const key of Object.keys(properties)) {
    if (properties[key] === null) delete properties[key];
  }
  return {kind, id: data.fields[index]?.id, globalId: data.globalFeatureIds.value[vertex], properties, parts: []};
}

function positionAt({positions}, vertex) {
  return [positions.value[2 * vertex], positions.value[2 * vertex + 1]];
}

function* pointParts(data, count, position) {
  for (let vertex = 0; vertex < count; vertex++) yield {start: vertex, part: position(vertex)};
}

function* lineParts({pathIndices}, count, position) {
  for (const [start, end] of spans('path', pathIndices.value, count)) {
    assert.ok(end - start >= 2, 'a path has two vertices at least');
    yield {start, part: range(start, end).map(position)};
  }
}

function* polygonParts({polygonIndices, primitivePolygonIndices, triangles}, count, position) {
  const rings = spans('ring', primitivePolygonIndices.value, count);
  for (const index of triangles?.value ?? []) assert.ok(index < count, 'a triangle has vertices of the tile');
  for (const [start, end] of spans('polygon', polygonIndices.value, count)) {
    const own = rings.filter((ring) => ring[0] >= start && ring[1] <= end);
    assert.equal(own[0]?.[0], start, 'a polygon starts with a ring');
    assert.equal(own.at(-1)[1], end, 'a polygon ends with a ring');
    yield {start, part: own.map((ring) => closedRing(range(...ring).map(position)))};
  }
}

/** Start and end of each run, from indices that begin at 0, grow, and end with the number of vertices. */
function spans(what, indices, count) {
  assert.equal(indices[0], 0, `${what} indices begin with 0`);
  assert.equal(indices.at(-1), count, `${what} indices end with the number of vertices`);
  return range(0, indices.length - 1).map((i) => {
    assert.ok(indices[i] < indices[i + 1], `${what} indices grow`);
    return [indices[i], indices[i + 1]];
  });
}

function closedRing(ring) {
  assert.ok(ring.length >= 4, 'a ring has four vertices at least');
  assert.deepEqual(ring.at(-1), ring[0], 'a ring ends where it began');
  return ring;
}

const range = (start, end) => Array.from({length: end - start}, (_, i) => start + i);
