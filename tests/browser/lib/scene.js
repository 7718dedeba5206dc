import {build} from '../../../src/CartoPlatform.Builder/node_modules/esbuild/lib/main.js';
import {fileURLToPath} from 'node:url';

const folder = new URL('../scenes/', import.meta.url);
// The page's own packages are those that applications use.
const packages = fileURLToPath(new URL('../../../src/CartoPlatform.Builder/node_modules', import.meta.url));

/** Serves a scene at an address of the platform's own origin, bundled with the packages of the first page. */
export async function serveScene(page, baseUrl, name) {
  const {outputFiles} = await build({
    entryPoints: [fileURLToPath(new URL(`${name}.js`, folder))], bundle: true, write: false, format: 'iife', nodePaths: [packages], logLevel: 'error', define: {'process.env.NODE_ENV': '"production"'},
  });
  const html = `<!doctype html><meta charset="utf-8"><title>${name}</title><style>body{margin:0;background:#000}</style><body><script>${outputFiles[0].text.replaceAll('</script', '<\\/script')}</script>`;
  await page.route(`${baseUrl}/scene.html`, (route) => route.fulfill({contentType: 'text/html', body: html}));
  await page.goto(`${baseUrl}/scene.html`);
}
