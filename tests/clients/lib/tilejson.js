// Sections 2.2 and 3.1 of the contract, field by field.
import assert from 'node:assert/strict';
import {baseUrl, token} from './platform.js';

const fieldTypes = ['number', 'bigint', 'string', 'geometry', 'timestamp', 'object', 'boolean', 'variant', 'unknown'];
const attributeTypes = ['String', 'Number', 'Timestamp', 'Boolean', 'Object', 'Variant', 'Unknown'];

export function assertSchema(schema) {
  assert.ok(Array.isArray(schema) && schema.length > 0, 'schema is a list of columns');
  for (const field of schema) {
    assert.deepEqual(Object.keys(field).sort(), ['name', 'type']);
    assert.equal(typeof field.name, 'string');
    assert.ok(fieldTypes.includes(field.type), `${field.name} has the unknown type ${field.type}`);
  }
}

/** The answer to an instantiation. */
export function assertInstantiation(body) {
  assert.ok(Number.isInteger(body.nrows) && body.nrows >= 0, `nrows is ${body.nrows}`);
  if (body.size !== undefined) assert.ok(Number.isInteger(body.size) && body.size >= 0, `size is ${body.size}`);
  assertSchema(body.schema);
  assert.ok(Array.isArray(body.tilejson?.url) && body.tilejson.url.length > 0, 'tilejson.url is a list');
  assertPublicUrl(body.tilejson.url[0]);
  assert.match(new URL(body.tilejson.url[0]).searchParams.get('cache') ?? '', /^\d+$/, 'the data URL carries an integer cache');
}

/** A TileJSON of a vector source. */
export function assertTilejson(tilejson) {
  assert.equal(tilejson.tilejson, '2.2.0');
  assertTemplates(tilejson.tiles);
  assertZooms(tilejson);
  assertBounds(tilejson);
  assertSchema(tilejson.schema);
  for (const layer of tilejson.vector_layers) assertVectorLayer(layer);
  assertTilestats(tilejson.tilestats);
}

/** An address that a client can follow: absolute, of the same origin as the request, and without the token. */
function assertPublicUrl(url) {
  const prefix = `${new URL(baseUrl).origin}/`;
  assert.ok(url.startsWith(prefix), `${url} does not start with ${prefix}`);
  assert.ok(!url.includes(token), 'the token is in an address');
  assert.match(new URL(url).pathname, /^\/(api\/)?v3\//);
}

function assertTemplates(tiles) {
  assert.ok(Array.isArray(tiles) && tiles.length > 0, 'tiles is a list');
  for (const template of tiles) {
    assertPublicUrl(template);
    for (const placeholder of ['{z}', '{x}', '{y}']) {
      assert.equal(template.split(placeholder).length, 2, `${template} must have ${placeholder} once`);
    }
    const rest = template.replace(/\{[zxy]\}/g, '');
    assert.doesNotMatch(rest, /[{}]/, 'a brace in a parameter would be taken for a placeholder');
    assert.ok(template.length < 7000, 'tiles have no POST to fall back to');
    assert.match(new URL(template).searchParams.get('cache') ?? '', /^\d+$/, 'templates carry an integer cache');
  }
}

function assertZooms({minzoom, maxzoom}) {
  assert.ok(Number.isInteger(minzoom) && Number.isInteger(maxzoom), `zooms are ${minzoom} and ${maxzoom}`);
  assert.ok(minzoom >= 0 && minzoom <= maxzoom && maxzoom <= 30, `zooms are ${minzoom} and ${maxzoom}`);
}

function assertBounds({bounds, center}) {
  assert.equal(bounds.length, 4);
  const [west, south, east, north] = bounds;
  assert.ok(-180 <= west && west <= east && east <= 180, `bounds are ${bounds}`);
  assert.ok(-90 <= south && south <= north && north <= 90, `bounds are ${bounds}`);
  if (center === undefined) return;
  assert.equal(center.length, 3);
  assert.ok(center.every(Number.isFinite), `center is ${center}`);
  assert.ok(west <= center[0] && center[0] <= east && south <= center[1] && center[1] <= north, 'the center is within the bounds');
}

function assertVectorLayer({id, minzoom, maxzoom, fields}) {
  assert.ok(typeof id === 'string' && id.length > 0);
  assertZooms({minzoom, maxzoom});
  for (const [name, type] of Object.entries(fields)) assert.equal(typeof type, 'string', `vector_layers: ${name}`);
}

function assertTilestats({layerCount, layers}) {
  assert.equal(layers.length, layerCount);
  assert.ok(layers.length > 0, 'public maps need a layer in tilestats');
  for (const {layer, count, attributeCount, attributes} of layers) {
    assert.equal(typeof layer, 'string');
    assert.ok(Number.isInteger(count), `tilestats: count is ${count}`);
    assert.equal(attributes.length, attributeCount);
    for (const {attribute, type} of attributes) {
      assert.equal(typeof attribute, 'string');
      assert.ok(attributeTypes.includes(type), `tilestats: ${attribute} is a ${type}`);
    }
  }
}
