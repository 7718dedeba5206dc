// Bundles the page. Every file under dist/assets has a hash of its content in its name, because the edge
// lets browsers keep those for ever; index.html is asked for anew each time and names the current ones.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, copyFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const root = import.meta.dirname ?? resolve(new URL('.', import.meta.url).pathname);
const dist = join(root, 'dist');
// Written here first and moved at the end, so that a build that was stopped never leaves half a page, and two at once
// don't mix theirs.
const outdir = `node_modules/.page-${process.pid}`;
const fresh = join(root, outdir);

const [major] = process.versions.node.split('.').map(Number);
if (major < 18) fail(`The page needs Node 18 or newer, and this is ${process.version}.`);

const stamp = fingerprint([...filesIn('src'), 'package.json', 'package-lock.json', 'build.mjs']);
if (readIfThere(join(dist, '.stamp')) === stamp) process.exit(0);

install();
try {
  await bundle();
} finally {
  rmSync(fresh, { recursive: true, force: true });
}

/** Installs the locked packages, unless those in node_modules are the locked ones already. */
function install() {
  const locked = fingerprint(['package.json', 'package-lock.json']);
  const installed = join(root, 'node_modules', '.carto-lock');
  if (readIfThere(installed) === locked) return;
  const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) fail('The packages of the page could not be installed; npm says why above.');
  writeFileSync(installed, locked);
}

async function bundle() {
  const { build } = await import('esbuild');
  const common = {
    absWorkingDir: root,
    outdir,
    bundle: true,
    minify: true,
    metafile: true,
    target: ['es2022'],
    entryNames: 'assets/[name]-[hash]',
    assetNames: 'assets/[name]-[hash]',
    legalComments: 'linked',
    logLevel: 'warning',
  };

  // The decoders of tiles run in workers, which by default come from a public CDN. These are the same
  // files out of the same packages.
  const workers = outputsOf(await build({
    ...common,
    entryPoints: {
      'mvt-worker': 'node_modules/@loaders.gl/mvt/dist/mvt-worker.js',
      'carto-vector-tile-worker': 'node_modules/@deck.gl/carto/dist/cartoVectorTile-worker.js',
    },
  }));
  const page = outputsOf(await build({
    ...common,
    entryPoints: { page: 'src/main.js' },
    format: 'esm',
    loader: { '.woff2': 'file' },
    define: {
      'process.env.NODE_ENV': '"production"',
      MVT_WORKER: JSON.stringify(workers['mvt-worker.js']),
      CARTO_VECTOR_TILE_WORKER: JSON.stringify(workers['carto-vector-tile-worker.js']),
    },
  }));

  const html = readFileSync(join(root, 'src', 'index.html'), 'utf8')
    .replace('{{script}}', page['page.js'])
    .replace('{{style}}', page['page.css']);
  writeFileSync(join(fresh, 'index.html'), html);
  copyFileSync(join(root, 'node_modules/@fontsource-variable/inter/LICENSE'), join(fresh, 'inter-LICENSE.txt'));
  writeFileSync(join(fresh, '.stamp'), stamp);
  rmSync(dist, { recursive: true, force: true });
  renameSync(fresh, dist);
}

/** The files that a build wrote: the name without its hash, and the address relative to the page. */
function outputsOf({ metafile }) {
  const names = Object.keys(metafile.outputs).map(path => relative(outdir, path).replaceAll('\\', '/'));
  return Object.fromEntries(names.map(name => [name.replace(/^assets\/(.+)-[0-9A-Z]{8}(\.[a-z0-9]+)$/, '$1$2'), name]));
}

function filesIn(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap(entry => entry.isDirectory() ? filesIn(join(folder, entry.name)) : [join(folder, entry.name)])
    .sort();
}

function fingerprint(files) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const file of files) hash.update(file).update('\0').update(readFileSync(join(root, file))).update('\0');
  return hash.digest('hex');
}

function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
