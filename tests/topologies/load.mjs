// Steady load on a platform's front door: so many requests a second, whatever becomes of them, until standard input ends; then one line of
// JSON. A line of input marks an event: what was in flight at that moment is noted.
//
//   CARTO_TOKEN=… NODE_EXTRA_CA_CERTS=… node load.mjs BASE TILE [RATE]      TILE: the URL of tiles, with {z}, {x} and {y}

import https from 'node:https';
import {randomInt} from 'node:crypto';

const [base, tile, rate = '40'] = process.argv.slice(2);
const headers = {authorization: `Bearer ${process.env.CARTO_TOKEN}`};
const agent = new https.Agent({keepAlive: true, maxSockets: 64});

const at = (x, y) => tile.replace('{z}', '4').replace('{x}', x).replace('{y}', y);
const number = () => randomInt(2 ** 40);

// Tiles that caches know after the first time, of every instance of a pool; such as none can know; and every API by itself.
const kinds = {
  cached: () => at(4 + randomInt(8), 4 + randomInt(4)),
  uncached: () => `${at(8, 5)}&again=${number()}`,
  query: () => `${base}/v3/sql/carto_dw/query?q=SELECT+count(*)+FROM+demo.airports+WHERE+${number()}+%3E%3D+0`,
  map: () => `${base}/v3/maps/carto_dw/table?name=demo.airports&again=${number()}`,
  workspace: () => `${base}/v3/tokens?again=${number()}`
};
// Most of it are tiles.
const turns = ['cached', 'uncached', 'cached', 'uncached', 'query', 'cached', 'uncached', 'map', 'cached', 'uncached', 'workspace'];

const answers = [];
let inFlight = 0;
let mostInFlight = 0;
let inFlightAtEvent = null;
const running = new Set();

function ask(kind) {
  const started = Date.now();
  inFlight++;
  mostInFlight = Math.max(mostInFlight, inFlight);
  return new Promise(resolve => {
    let ended = false;
    const end = problem => {
      if (ended) return;
      ended = true;
      inFlight--;
      answers.push({kind, problem, started, took: Date.now() - started});
      resolve();
    };
    // A number in the URL may be left out of a cache's key: that nothing kept is wanted is said besides.
    const wanted = kind === 'cached' ? headers : {...headers, 'cache-control': 'no-cache'};
    const request = https.get(kinds[kind](), {agent, headers: wanted, timeout: 20000}, response => {
      response.on('data', () => {});
      response.on('end', () => end(response.statusCode === 200 || response.statusCode === 204 ? null : `${response.statusCode}`));
      response.on('error', error => end(error.code ?? error.message));
    });
    request.on('timeout', () => request.destroy(new Error('silent for 20 s')));
    request.once('error', error => request.res || end(error.code ?? error.message));
  });
}

let turn = 0;
const timer = setInterval(() => {
  const one = ask(turns[turn++ % turns.length]).finally(() => running.delete(one));
  running.add(one);
}, 1000 / Number(rate));

process.stdin.on('data', () => (inFlightAtEvent ??= inFlight));
process.stdin.on('end', async () => {
  clearInterval(timer);
  await Promise.all(running);
  agent.destroy();
  const took = answers.map(answer => answer.took).sort((a, b) => a - b);
  const failures = answers.filter(answer => answer.problem);
  const byKind = {};
  for (const {kind} of answers) byKind[kind] = (byKind[kind] ?? 0) + 1;
  console.log(JSON.stringify({
    all: answers.length, failed: failures.length, inFlightAtEvent, mostInFlight,
    median: took[took.length >> 1], slowest: took.at(-1), byKind,
    failures: failures.slice(0, 8).map(({kind, problem, started, took}) => `${kind} ${problem} after ${took} ms, at ${new Date(started).toISOString()}`)
  }));
});
