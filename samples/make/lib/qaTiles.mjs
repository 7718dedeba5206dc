// OpenStreetMap QA tiles of Montevideo: every object with all its tags, cut exactly at the edges of its tiles.
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import Pbf from 'pbf';
import vectorTile from '@mapbox/vector-tile';
import { joinLines, joinPolygons } from './seams.mjs';

const zoom = 12;
const extent = 1048576;
const kinds = { 1: 'Point', 2: 'LineString', 3: 'Polygon' };

// Coordinates of the whole world's grid, whole numbers of about a centimetre.
function gridRings(feature, column, row) {
  return feature.loadGeometry().map((ring) => ring.map(({ x, y }) => [column * extent + x, row * extent + y]));
}

function* features() {
  const package_ = dirname(createRequire(import.meta.url).resolve('@mapbox/mvt-fixtures'));
  const folder = join(package_, 'real-world', 'osm-qa-montevideo');
  for (const file of readdirSync(folder).sort()) {
    const [, column, row] = file.match(/^12-(\d+)-(\d+)\.mvt$/);
    const { osm } = new vectorTile.VectorTile(new Pbf(readFileSync(join(folder, file)))).layers;
    if (osm.extent !== extent) throw new Error(`${file}: extent ${osm.extent}, expected ${extent}`);
    for (let i = 0; i < osm.length; i++) {
      const feature = osm.feature(i);
      yield { kind: kinds[feature.type], all: feature.properties, rings: gridRings(feature, Number(column), Number(row)) };
    }
  }
}

function toDegrees([x, y]) {
  const size = 2 ** zoom * extent;
  const latitude = Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / size)));
  return [(x / size) * 360 - 180, (latitude * 180) / Math.PI];
}

function onlyPart(parts, id) {
  if (parts.length !== 1) throw new Error(`way ${id} has ${parts.length} parts, expected one`);
  return parts[0];
}

function geometryOf(kind, pieces, id) {
  if (kind === 'Point') return { type: kind, coordinates: toDegrees(pieces[0][0][0]) };
  if (kind === 'LineString') {
    return { type: kind, coordinates: onlyPart(joinLines(pieces.flat(), extent), id).map(toDegrees) };
  }
  return { type: kind, coordinates: onlyPart(joinPolygons(pieces, extent), id).map((ring) => ring.map(toDegrees)) };
}

function groupById() {
  const objects = new Map();
  for (const { kind, all, rings } of features()) {
    const key = `${kind} ${all['@type']} ${all['@id']}`;
    if (!objects.has(key)) objects.set(key, { kind, all, pieces: [] });
    objects.get(key).pieces.push(rings);
  }
  return [...objects.values()];
}

// Who edited (@user, @uid, @changeset) is personal and stays behind.
function toObject({ kind, all, pieces }) {
  const tags = Object.entries(all).filter(([key]) => !key.startsWith('@'));
  return {
    osm_id: all['@id'],
    osm_type: all['@type'],
    version: all['@version'],
    edited_at: new Date(all['@timestamp'] * 1000).toISOString().replace('.000Z', 'Z'),
    tags: Object.fromEntries(tags.sort(([a], [b]) => (a < b ? -1 : 1))),
    geom: geometryOf(kind, pieces, all['@id']),
  };
}

let objects;

// The objects of one kind of geometry whose tags are wanted.
export function osmObjects(kind, isWanted) {
  objects ??= groupById();
  return objects.filter((object) => object.kind === kind && isWanted(object.all)).map(toObject);
}
