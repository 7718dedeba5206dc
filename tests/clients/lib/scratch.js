// A schema of one suite's own tables, made by the owner and dropped at the end.
import {after, before} from 'node:test';
import {randomBytes} from 'node:crypto';
import {execute, identifier} from './sql.js';

/** Makes the schema before the tests of the calling suite; `script` gets its quoted name. */
export function scratchSchema(script) {
  const name = `contract_${randomBytes(5).toString('hex')}`;
  before(() => execute(`CREATE SCHEMA ${identifier(name)};\nSET search_path = ${identifier(name)}, public;\n${script(name)}`));
  after(() => execute(`DROP SCHEMA IF EXISTS ${identifier(name)} CASCADE;`));
  return name;
}
