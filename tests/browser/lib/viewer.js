import { build } from 'esbuild';
import { baseUrl } from './browser.js';

const HTML = '<!doctype html><meta charset="utf-8"><style>body { margin: 0; background: #fff }</style><script type="module" src="/viewer.js"></script>';

let bundled;

/** Makes the page at /viewer.html, on the platform's own origin but not from it. */
export async function prepareViewer(page) {
  bundled ??= build({
    entryPoints: [new URL('../pages/viewer.js', import.meta.url).pathname],
    bundle: true, write: false, format: 'esm', target: 'es2022', define: { 'process.env.NODE_ENV': '"production"' },
  });
  const { outputFiles: [{ text }] } = await bundled;
  await page.route(`${baseUrl}/viewer.html`, route => route.fulfill({ contentType: 'text/html', body: HTML }));
  await page.route(`${baseUrl}/viewer.js`, route => route.fulfill({ contentType: 'text/javascript', body: text }));
}

export const viewerOf = options => `viewer.html#${encodeURIComponent(JSON.stringify(options))}`;

/** Waits until every tile of the map is loaded and drawn. */
export async function drawn(page) {
  await page.waitForFunction(() => window.viewer?.error || window.viewer?.ready);
  const error = await page.evaluate(() => window.viewer.error);
  if (error) throw new Error(`The page reports: ${error}`);
  await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));
}
