// Ground truth: the tables themselves, asked through psql as the owner of the database and past the platform.
import {spawn} from 'node:child_process';
import {postgres} from './platform.js';

const psqlArguments = ['-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-d', postgres];

/** Runs statements and returns what psql prints. */
export function execute(sql) {
  return new Promise((resolve, reject) => {
    const psql = spawn('psql', psqlArguments, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {...process.env, PGTZ: 'UTC', PGOPTIONS: '-c client_min_messages=warning', PGCLIENTENCODING: 'UTF8'}
    });
    const output = [];
    const errors = [];
    psql.stdout.on('data', (chunk) => output.push(chunk));
    psql.stderr.on('data', (chunk) => errors.push(chunk));
    psql.on('error', reject);
    psql.stdin.on('error', reject);
    psql.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(output).toString('utf8'));
      else reject(new Error(`psql: ${Buffer.concat(errors).toString('utf8').trim()}`));
    });
    psql.stdin.end(sql);
  });
}

/** The rows of one SELECT, as PostgreSQL's own JSON. */
export async function rows(select) {
  return JSON.parse(await execute(`SELECT coalesce(json_agg(t), '[]'::json) FROM (\n${select}\n) t;`));
}

/** The only row of a SELECT. */
export async function row(select) {
  const [first] = await rows(select);
  return first;
}

export const identifier = (name) => `"${name.replaceAll('"', '""')}"`;
export const literal = (text) => `'${String(text).replaceAll("'", "''")}'`;

/** JSON that no quoting of its content can end. */
export function jsonLiteral(value) {
  return `$contract$${JSON.stringify(value)}$contract$::json`;
}
