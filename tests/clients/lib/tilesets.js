// Tilesets made for a suite by the platform's own tiler, as a job over HTTP; and what layers and widgets make of their tiles.
import assert from 'node:assert/strict';
import {setTimeout as sleep} from 'node:timers/promises';
import {apiPath, request} from './platform.js';
import {literal} from './sql.js';

/** Calls a procedure of CARTO's tiler, waits for its end and returns the job. */
export async function tile(procedure, input, output, options) {
  const query = `CALL carto.${procedure}(${literal(input)}, ${literal(output)}, ${literal(JSON.stringify(options))})`;
  const made = await json(await request(apiPath('sql', 'job'), {
    method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({query})
  }));
  for (;;) {
    const job = await json(await request(apiPath('sql', `job/${made.jobId}`)));
    if (job.status !== 'pending' && job.status !== 'running') return job;
    await sleep(100);
  }
}

/** The same, which must succeed. */
export async function makeTileset(procedure, input, output, options) {
  const job = await tile(procedure, input, output, options);
  assert.equal(job.status, 'success', JSON.stringify(job));
  return output;
}

async function json(response) {
  const body = await response.json();
  assert.ok(response.ok, `${response.status}: ${JSON.stringify(body)}`);
  return body;
}

/** A tile as deck.gl hands it to the widgets of the client library. */
export function widgetTile({z, x, y}, data) {
  const span = 2 ** z;
  const latitude = (row) => (Math.atan(Math.sinh(Math.PI * (1 - (2 * row) / span))) * 180) / Math.PI;
  return {
    index: {x, y, z}, id: `${x}-${y}-${z}`, isVisible: true, data,
    bbox: {west: (x / span) * 360 - 180, east: ((x + 1) / span) * 360 - 180, north: latitude(y), south: latitude(y + 1)}
  };
}
