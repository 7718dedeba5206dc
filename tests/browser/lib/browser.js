import { existsSync } from 'node:fs';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';

export const baseUrl = required('CARTO_BASE_URL').replace(/\/+$/, '');

/** Milliseconds for what takes a second on an idle machine: tiles are drawn in software, maybe beside a build. */
export const PATIENCE = 120_000;

const DESKTOP = { width: 1000, height: 680 };

/** Starts a browser for a suite; gives a function that opens the page and watches what it does. */
export function useBrowser() {
  let browser;
  before(async () => {
    browser = await chromium.launch({
      executablePath: executable(),
      args: [
        '--no-sandbox', '--no-first-run', '--disable-quic', '--disable-sync',
        '--disable-background-networking', '--disable-component-update',
        // WebGL without a graphics card.
        '--use-angle=swiftshader', '--enable-unsafe-swiftshader',
      ],
    });
  });
  after(() => browser?.close());

  /** Opens the page at a hash; the watch lists requests that left the platform, and errors in the console. */
  async function open(t, hash = '', { size = DESKTOP, prepare, wait = true, flights = false } = {}) {
    // Flights pass over many tiles, which is slow where they are drawn in software.
    const context = await browser.newContext({ viewport: size, reducedMotion: flights ? 'no-preference' : 'reduce' });
    t.after(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    const watch = watchOver(page);
    await prepare?.(page);
    await page.goto(`${baseUrl}/${hash}`);
    if (wait) await atRest(page);
    return { page, watch };
  }

  /** The browser itself, for pages of another kind. */
  open.browser = () => browser;
  return open;
}

/** Waits until all tiles of the view are loaded and drawn. */
export async function atRest(page, table = null) {
  await page.waitForFunction(
    key => window.cartoPage?.error || (window.cartoPage?.ready && (!key || window.cartoPage.table === key)), table);
  const error = await page.evaluate(() => window.cartoPage.error);
  if (error) throw new Error(`The page reports: ${error}`);
  // What has been handed to the graphics card is on the screen two frames later.
  await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** Goes to another view without loading the page again. */
export async function goTo(page, hash) {
  await page.evaluate(target => { location.hash = target; }, hash);
  await atRest(page, hash.replace('#', '').split('/')[0]);
}

function watchOver(page) {
  const watch = { foreign: [], errors: [], requests: [] };
  page.on('request', request => {
    watch.requests.push(request.url());
    const { protocol, origin } = new URL(request.url());
    const fetched = protocol !== 'data:' && protocol !== 'blob:';
    if (fetched && origin !== new URL(baseUrl).origin) watch.foreign.push(request.url());
  });
  page.on('console', message => message.type() === 'error' && watch.errors.push(message.text()));
  page.on('pageerror', error => watch.errors.push(error.message));
  return watch;
}

function executable() {
  const candidates = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const found = candidates.find(path => path && existsSync(path));
  if (!found) throw new Error('There is no Chromium here. Install it, or name one in CHROMIUM.');
  return found;
}

function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; take it from ./carto status --json`);
  return value;
}
