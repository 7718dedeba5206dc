// What h3-js says, for H3ReferenceTests. Run where h3-js is installed (tests/clients, or NODE_PATH):
//   node reference.mjs golden > h3-golden.json          the file beside this one
//   node reference.mjs points 5000000 > points.bin      then CARTO_H3_POINTS=points.bin dotnet test --filter H3Reference
import {createRequire} from 'node:module';
import {writeSync} from 'node:fs';
import {join} from 'node:path';

const h3 = createRequire(join(process.cwd(), 'any.js'))('h3-js');
const [what, count] = process.argv.slice(2);

// The same numbers as in H3Sequence.cs.
function sequence(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

const place = next => [(next() / 4294967296) * 360 - 180, (next() / 4294967296) * 180 - 90];

function hashes(chunks, size) {
  const next = sequence(1);
  return Array.from({length: chunks}, () => {
    let hash = 0x811c9dc5;
    for (let i = 0; i < size; i++) {
      const [lon, lat] = place(next);
      const cell = h3.latLngToCell(lat, lon, i % 16).padStart(16, '0');
      for (const word of [cell.slice(0, 8), cell.slice(8)]) hash = Math.imul(hash ^ parseInt(word, 16), 0x01000193) >>> 0;
    }
    return hash;
  });
}

function places() {
  const list = [];
  const lons = [-180, -179.9999999, -135, -90, -1e-9, 0, 1e-9, 12.5, 90, 179.9999999, 180, 190, -190, 540];
  const lats = [-90, -89.9999999, -60, -1e-9, 0, 1e-9, 45, 85.06, 89.9999999, 90];
  for (const lon of lons) for (const lat of lats) for (const r of [0, 1, 2, 5, 8, 9, 14, 15]) list.push([lon, lat, h3.latLngToCell(lat, lon, r)]);
  return list;
}

const round = x => Math.round(x * 1e9) / 1e9;
const outline = cell => {
  const [lat, lon] = h3.cellToLatLng(cell);
  return {cell, center: [round(lon), round(lat)], corners: h3.cellToBoundary(cell).flatMap(([y, x]) => [round(x), round(y)])};
};

function cells() {
  const list = new Set(h3.getRes0Cells());
  for (let r = 0; r < 16; r++) for (const pentagon of h3.getPentagons(r)) list.add(pentagon);
  for (const pentagon of h3.getPentagons(1)) for (const r of [2, 3]) h3.cellToChildren(pentagon, r).slice(0, 9).forEach(cell => list.add(cell));
  const next = sequence(2);
  for (let i = 0; i < 320; i++) {
    const [lon, lat] = place(next);
    list.add(h3.latLngToCell(lat, lon, i % 16));
  }
  // Cells of odd resolutions on edges of the icosahedron, which have more corners than sides.
  h3.getRes0Cells().flatMap(cell => h3.cellToChildren(cell, 3)).filter(cell => h3.cellToBoundary(cell).length > 6).slice(0, 200).forEach(cell => list.add(cell));
  return [...list].map(outline);
}

function* records(total) {
  const next = sequence(3);
  const corners = h3.getRes0Cells().flatMap(cell => h3.cellToChildren(cell, 2)).flatMap(cell => h3.cellToBoundary(cell));
  for (let i = 0; i < total; i++) {
    let [lon, lat] = place(next);
    if (i % 4 === 1) {
      const [y, x] = corners[next() % corners.length];
      const spread = 10 ** -(next() % 8);
      lon = x + (lon / 180) * spread;
      lat = Math.max(-90, Math.min(90, y + (lat / 90) * spread));
    } else if (i % 16 === 2) {
      lat = lat < 0 ? -90 - lat / 1e4 : 90 - lat / 1e4;
    } else if (i % 16 === 3) {
      lon = lon < 0 ? -180 - lon / 1e4 : 180 - lon / 1e4;
    }
    yield [lon, lat, (i >> 2) % 16];
  }
}

if (what === 'golden') {
  const hashed = {size: 1600, hashes: hashes(100, 1600)};
  const lines = ['places', 'cells'].map(name => `"${name}":[\n${(name === 'places' ? places() : cells()).map(x => JSON.stringify(x)).join(',\n')}\n]`);
  process.stdout.write(`{"version":"${h3.UNITS ? '4' : '3'}","sequence":${JSON.stringify(hashed)},\n${lines.join(',\n')}}\n`);
} else {
  // Little-endian: longitude, latitude, cell.
  const size = 24 * 4096;
  const buffer = Buffer.alloc(size);
  let at = 0;
  const flush = () => {
    for (let done = 0; done < at; ) done += writeSync(1, buffer, done, at - done);
    at = 0;
  };
  for (const [lon, lat, r] of records(Number(count))) {
    buffer.writeDoubleLE(lon, at);
    buffer.writeDoubleLE(lat, at + 8);
    buffer.writeBigUInt64LE(BigInt('0x' + h3.latLngToCell(lat, lon, r)), at + 16);
    at += 24;
    if (at === size) flush();
  }
  flush();
}
