// The numbered fixtures of @mapbox/mvt-fixtures, for ConformanceTests. Run where 4.0.0 of it is installed (or NODE_PATH leads to it):
//   node mvt-fixtures-reference.mjs > mvt-fixtures-golden.json          the file beside this one
import {readFileSync, readdirSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';

const folder = join(dirname(createRequire(join(process.cwd(), 'any.js')).resolve('@mapbox/mvt-fixtures')), 'fixtures');
const lines = readdirSync(folder).sort().map(id => {
  const {description, validity} = JSON.parse(readFileSync(join(folder, id, 'info.json'), 'utf8'));
  const tile = readFileSync(join(folder, id, 'tile.mvt')).toString('base64');
  return `    ${JSON.stringify({id, valid: validity.v2, error: validity.error ?? null, tile, about: description.match(/^.*?\.(?=\s|$)|^.*/s)[0]})}`;
});
const source = 'The numbered fixtures of @mapbox/mvt-fixtures 4.0.0 by Mapbox, which its README puts under ODbL 1.0: the tiles, and whether version 2 of the specification allows them.';
process.stdout.write(`{\n  "source": ${JSON.stringify(source)},\n  "fixtures": [\n${lines.join(',\n')}\n  ]\n}\n`);
