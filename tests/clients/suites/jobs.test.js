// SQL jobs: made, asked for, listed and cancelled over HTTP. The client library has no function for them; its authors' scripts do this.
import {suite, test} from 'node:test';
import assert from 'node:assert/strict';
import {setTimeout as sleep} from 'node:timers/promises';
import {apiPath, connection, request} from '../lib/platform.js';
import {scratchSchema} from '../lib/scratch.js';
import {row} from '../lib/sql.js';

const schema = scratchSchema(() => 'CREATE TABLE input (id integer); INSERT INTO input SELECT generate_series(1, 10);');
const endLimit = 60_000;
const jobs = (id = '') => apiPath('sql', id ? `job/${id}` : 'job');
const headers = {'Content-Type': 'application/json'};
const post = (body) => request(jobs(), {method: 'POST', headers, body: JSON.stringify(body)});

async function json(response, status = 200) {
  const body = await response.json();
  assert.equal(response.status, status, JSON.stringify(body));
  assert.match(response.headers.get('content-type'), /^application\/json/);
  assert.equal(response.headers.get('cache-control'), 'no-store');
  if (status >= 400) assert.equal(typeof body.error, 'string');
  return body;
}

async function until(id, isReached) {
  const limit = Date.now() + endLimit;
  for (;;) {
    const job = await json(await request(jobs(id)));
    if (isReached(job.status)) return job;
    assert.ok(Date.now() < limit, `job ${id} is still ${job.status}`);
    await sleep(100);
  }
}

const hasEnded = (status) => !['pending', 'running'].includes(status);
const run = async (body) => until((await json(await post(body))).jobId, hasEnded);
const running = (mark) => row(
  `SELECT count(*)::int AS n FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%${mark}%' AND pid <> pg_backend_pid()`);

suite('SQL jobs', () => {
  test('A job makes a table, and says so', async () => {
    const made = await json(await post({query: `CREATE TABLE "${schema}".output AS SELECT id FROM "${schema}".input WHERE id <= $1`, queryParameters: [4]}));
    assert.equal(made.status, 'pending');
    assert.equal(made.connection, connection);
    assert.equal(made.externalId, made.jobId);

    const job = await until(made.externalId, hasEnded);
    assert.equal(job.status, 'success', job.error);
    assert.equal(job.rowsAffected, 4);
    for (const time of ['createdAt', 'startedAt', 'finishedAt']) assert.equal(new Date(job[time]).toISOString().slice(0, 19), job[time].slice(0, 19));
    assert.deepEqual(await row(`SELECT count(*)::int AS n FROM "${schema}".output`), {n: 4});
  });

  test('Values by name, in several statements of one transaction', async () => {
    const job = await run({
      query: `CREATE TABLE "${schema}".named (t text); INSERT INTO "${schema}".named VALUES (@text); INSERT INTO "${schema}".named VALUES (@text)`,
      queryParameters: {text: "'; DROP TABLE x; --"}
    });
    assert.equal(job.status, 'success', job.error);
    assert.deepEqual(await row(`SELECT count(*)::int AS n FROM "${schema}".named WHERE t = '''; DROP TABLE x; --'`), {n: 2});
  });

  test('What the database said is kept, and nothing of a failed job is', async () => {
    const job = await run({query: `INSERT INTO "${schema}".input VALUES (11); SELECT * FROM "${schema}".missing`});
    assert.equal(job.status, 'failure');
    assert.match(job.error, /missing" does not exist/);
    assert.deepEqual(await row(`SELECT max(id) AS n FROM "${schema}".input`), {n: 10});
  });

  test('A running job is cancelled by any process, and its statement stops', async () => {
    const {jobId} = await json(await post({query: `SELECT pg_sleep(600) AS "${schema}"`}));
    await until(jobId, (status) => status === 'running');
    while ((await running(`AS "${schema}"`)).n === 0) await sleep(50);

    await json(await request(jobs(jobId), {method: 'DELETE'}));

    assert.equal((await until(jobId, hasEnded)).status, 'cancelled');
    assert.equal((await running(`AS "${schema}"`)).n, 0);
    assert.equal((await json(await request(jobs(jobId), {method: 'DELETE'}))).status, 'cancelled');
  });

  test('The list has the newest first, in pages', async () => {
    const first = (await json(await post({query: 'SELECT 1'}))).jobId;
    const second = (await json(await post({query: 'SELECT 2'}))).jobId;
    const list = await json(await request('/v3/sql/jobs?page=1&pageSize=2'));
    assert.deepEqual(list.jobs.map((job) => job.jobId), [second, first]);
    assert.ok(list.total >= 2);
    const next = await json(await request('/v3/sql/jobs?page=2&pageSize=1'));
    assert.deepEqual(next.jobs.map((job) => job.jobId), [first]);
  });

  test('What is wrong is told at once', async () => {
    await json(await post({q: 'SELECT 1'}), 400);
    await json(await post({query: ''}), 400);
    await json(await post({query: 'SELECT $1'}), 400);
    await json(await post({query: 'BEGIN; SELECT 1; COMMIT'}), 400);
    await json(await request(jobs('00000000-0000-0000-0000-000000000000')), 404);
    await json(await request(jobs("x'--")), 404);
    await json(await request('/v3/sql/nowhere/job', {method: 'POST', headers, body: '{"query": "SELECT 1"}'}), 404);
    await json(await request('/v3/sql/jobs?pageSize=1000'), 400);
    await json(await request('/v3/sql/jobs', {headers: {Authorization: 'Bearer undefined'}}), 401);
  });
});
