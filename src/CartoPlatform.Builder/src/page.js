import { Camera } from './map/camera.js';
import { createMap } from './map/map.js';
import { readHash, writeHash } from './map/hash.js';
import { showAttribution } from './map/attribution.js';
import { naturalEarth } from './tables/attribution.js';
import { contextOf, tables } from './tables/index.js';
import { countries } from './tables/countries.js';
import { isMvt, openTable, rowCount } from './platform/source.js';
import { resetTraffic, traffic } from './platform/tileFetch.js';
import { createChooser } from './panel/chooser.js';
import { createDetails } from './panel/details.js';
import { createTraffic } from './panel/traffic.js';
import { freeFrame } from './panel/frame.js';
import { hideAlert, showAlert } from './panel/messages.js';
import { createPopup } from './popup/popup.js';
import { summarise } from './features/summary.js';
import { publishStatus } from './status.js';

const byId = id => document.getElementById(id);

/** Puts the panel, the map and the pop-up together. */
export async function startPage(demo) {
  const camera = new Camera(freeFrame);
  const details = createDetails(byId('details'));
  const state = { table: null, source: null, summary: null, error: null };
  const map = createMap({ parent: byId('map'), camera, on: { rest, move, pick, fail } });
  const popup = createPopup(byId('popup'), () => map.select(null));
  const chooser = createChooser(byId('tables'), tables, table => choose(table));
  createTraffic({ footer: byId('traffic'), notice: byId('notice'), progress: byId('progress') }, traffic);
  publishStatus({ state, map, camera, traffic });

  byId('map').addEventListener('keydown', event => {
    if (event.key === 'Enter') map.pickMiddle();
  });
  byId('zoom').addEventListener('click', ({ target }) => {
    const { zoom, home } = target.closest('button')?.dataset ?? {};
    if (zoom) camera.zoomBy(Number(zoom));
    else if (home !== undefined) camera.flyTo(state.table.home, state.table.tilt);
  });
  addEventListener('hashchange', () => followHash());

  await followHash(true);
  for (const table of tables) openTable(demo, table).then(source => chooser.rows(table, rowCount(source)), () => {});

  async function followHash(first = false) {
    const { key, view } = readHash();
    const table = tables.find(entry => entry.key === key) ?? state.table ?? tables[0];
    if (table !== state.table) await choose(table, view, first);
    else if (view) camera.jump(view);
  }

  /** Draws a table and goes where it is, or to the view that the address asks for. */
  async function choose(table, view = null, first = false) {
    Object.assign(state, { table, source: null, summary: null, error: null });
    hideAlert();
    popup.close();
    resetTraffic();
    chooser.show(table);
    details.show(table);
    try {
      const next = await open(table);
      if (state.table !== table) return;
      state.source = next.source;
      details.rows(rowCount(next.source));
      showAttribution(byId('attribution'), [table.attribution, ...next.context.map(entry => entry.table.attribution), naturalEarth]);
      if (view) camera.jump(view);
      else camera.flyTo(table.home, table.tilt, first);
      map.show(next);
    } catch (error) {
      if (state.table === table) fail(error);
    }
  }

  /** The table itself must be there; what it is drawn on may be missing. */
  async function open(table) {
    const [source, land, ...below] = await Promise.all([
      openTable(demo, table),
      openTable(demo, countries).catch(() => null),
      ...(contextOf[table.key] ?? []).map(entry => openTable(demo, entry).then(found => ({ table: entry, source: found }), () => null)),
    ]);
    return { table, source, land, context: below.filter(Boolean) };
  }

  function rest(tiles, viewport) {
    writeHash(state.table.key, camera.view);
    state.summary = summarise(state.table, tiles, viewport.getBounds(), isMvt(state.source));
    details.summary(state.table, state.summary);
  }

  function move(viewport) {
    if (viewport) popup.place(viewport);
  }

  function pick({ object, coordinate }) {
    if (!object) return popup.close();
    const { table, source } = state;
    const get = column => object.properties[column] ?? undefined;
    const position = object.geometry.type === 'Point' ? object.geometry.coordinates : coordinate;
    map.select(get(table.id));
    popup.open({
      heading: String(table.heading(get) ?? table.title),
      color: table.classes.of(get).color,
      schema: source.schema.filter(field => table.columns.includes(field.name)),
      properties: object.properties,
      position,
    }, map.viewport());
  }

  function fail(error) {
    const { table } = state;
    state.error = error.message;
    showAlert(`${table.title} could not be loaded`, error, () => choose(table));
  }
}
