// One layer of @deck.gl/carto at a time in the browser: the page is bundled from the packages that the platform's own page has.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PNG } from 'pngjs';
import { baseUrl, PATIENCE } from './browser.js';

const here = import.meta.dirname ?? resolve(new URL('.', import.meta.url).pathname);
const packages = resolve(here, '../../../src/CartoPlatform.Builder/node_modules');
const address = `${baseUrl}/layers-under-test`;

let script;

async function bundle() {
  const { build } = await import(join(packages, 'esbuild/lib/main.js'));
  const { outputFiles } = await build({
    entryPoints: [join(here, 'layers-page.js')], nodePaths: [packages], bundle: true, write: false, format: 'iife', target: 'es2022', logLevel: 'error',
  });
  return outputFiles[0].text;
}

/** Draws a layer on a page of its own; gives what the page tells, and what is on the screen. */
export async function drawLayer(t, browser, { name, ...what }) {
  script ??= await bundle();
  const context = await browser.newContext({ viewport: { width: 800, height: 600 } });
  t.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const errors = [];
  page.on('pageerror', error => errors.push(error.message));
  // From the platform's own origin: what is looked at are layers, not CORS.
  await page.route(address, route => route.fulfill({ contentType: 'text/html', body: '<!doctype html><body style="margin:0;background:#000"><script src="/layers-under-test.js"></script>' }));
  await page.route(`${address}.js`, route => route.fulfill({ contentType: 'text/javascript', body: script }));
  await page.goto(address);
  const options = { apiBaseUrl: baseUrl, accessToken: process.env.CARTO_TOKEN, connectionName: process.env.CARTO_CONNECTION, ...what.options };
  const told = await page.evaluate(asked => window.draw(asked), { ...what, options });
  const bytes = await page.screenshot({ timeout: 0 });
  if (process.env.CARTO_SCREENSHOTS) {
    mkdirSync(process.env.CARTO_SCREENSHOTS, { recursive: true });
    writeFileSync(join(process.env.CARTO_SCREENSHOTS, `${name}.png`), bytes);
  }

  const { width, height, data } = PNG.sync.read(bytes);
  const colorAt = ([x, y]) => [...data.subarray(4 * (Math.round(y) * width + Math.round(x)), 4 * (Math.round(y) * width + Math.round(x)) + 3)];
  let bright;
  const brightPixels = () => bright ??= Array.from({ length: width * height }, (_, i) => [i % width, Math.floor(i / width)])
    .filter(place => colorAt(place).every(channel => channel > 128));
  return {
    told,
    errors,
    /** The colour where a position is drawn; null outside of the page. */
    async at(position) {
      const point = await page.evaluate(place => window.project(place), position);
      return point[0] < 0 || point[1] < 0 || point[0] >= width || point[1] >= height ? null : colorAt(point);
    },
    pick: async position => page.evaluate(place => window.pick(window.project(place)), position),
    /** The sides of what is bright within so many pixels of a position, in pixels from it; null where nothing is. */
    async brightNear(position, [across, down]) {
      const [x, y] = (await page.evaluate(place => window.project(place), position)).map(Math.round);
      const near = brightPixels().filter(([px, py]) => Math.abs(px - x) <= across && Math.abs(py - y) <= down);
      if (near.length === 0) return null;
      return { count: near.length, left: Math.min(...near.map(([px]) => px)) - x, right: Math.max(...near.map(([px]) => px)) - x };
    },
    /** How many pixels of the page are bright. */
    bright: () => brightPixels().length,
    /** The share of the page that is not black. */
    painted() {
      let count = 0;
      for (let i = 0; i < data.length; i += 4) count += data[i] + data[i + 1] + data[i + 2] > 24;
      return count / (data.length / 4);
    },
  };
}
