// What the npm package quadbin says, for QuadbinReferenceTests. Run where it is installed (tests/clients):
//   node quadbin-reference.mjs > quadbin-golden.json
import {createRequire} from 'node:module';
import {join} from 'node:path';

const quadbin = createRequire(join(process.cwd(), 'any.js'))('quadbin');
const lines = [];
let state = 1;
const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
for (let z = 0; z <= 26; z++) {
  for (let i = 0; i < 12; i++) {
    const tile = {z, x: next() % 2 ** z, y: next() % 2 ** z};
    const cell = quadbin.tileToCell(tile);
    const ring = quadbin.cellToBoundary(cell).coordinates[0].map((position) => position.map((degrees) => Math.round(degrees * 1e9) / 1e9));
    lines.push(JSON.stringify({
      ...tile,
      cell: cell.toString(),
      hex: quadbin.bigIntToHex(cell),
      parent: z === 0 ? null : quadbin.cellToParent(cell).toString(),
      children: z === 26 ? [] : quadbin.cellToChildren(cell, BigInt(z + 1)).map(String),
      west: ring[2][0], south: ring[1][1], east: ring[0][0], north: ring[0][1]
    }));
  }
}
process.stdout.write(`[\n${lines.join(',\n')}\n]\n`);
