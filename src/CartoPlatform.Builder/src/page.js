import { summarise } from './features/summary.js';
import { showAttribution } from './map/attribution.js';
import { Camera } from './map/camera.js';
import { readHash, writeHash } from './map/hash.js';
import { TableMap } from './map/map.js';
import { createChooser } from './panel/chooser.js';
import { createDetails } from './panel/details.js';
import { freeFrame } from './panel/frame.js';
import { hideAlert, showAlert } from './panel/messages.js';
import { createTraffic } from './panel/traffic.js';
import { isMvt, openTable, rowCount } from './platform/source.js';
import { resetTraffic, traffic } from './platform/tileFetch.js';
import { Popup } from './popup/popup.js';
import { publishStatus } from './status.js';
import { naturalEarth } from './tables/attribution.js';
import { countries } from './tables/countries.js';
import { contextOf, tables } from './tables/index.js';

const byId = id => document.getElementById(id);

/** Panel, map and pop-up together. */
export class Page {
  #demo;
  #state = { table: null, source: null, summary: null, error: null };
  #camera = new Camera(freeFrame);
  #details = createDetails(byId('details'));
  #chooser = createChooser(byId('tables'), tables, table => this.#choose(table));
  #popup = new Popup(byId('popup'), () => this.#map.select(null));
  #map = new TableMap(byId('map'), this.#camera, {
    rest: (tiles, viewport) => this.#rest(tiles, viewport),
    move: viewport => this.#popup.place(viewport),
    pick: info => this.#pick(info),
    fail: error => this.#fail(error),
  });

  /** @param {{accessToken: string, connection: string}} demo */
  constructor(demo) {
    this.#demo = demo;
    createTraffic({ footer: byId('traffic'), notice: byId('notice'), progress: byId('progress') }, traffic);
    publishStatus({ state: this.#state, map: this.#map, camera: this.#camera, traffic });
    byId('map').addEventListener('keydown', event => event.key === 'Enter' && this.#map.pickMiddle());
    byId('zoom').addEventListener('click', ({ target }) => this.#zoom(target.closest('button')));
    addEventListener('hashchange', () => this.#followHash());
  }

  async start() {
    await this.#followHash();
    for (const table of tables) {
      openTable(this.#demo, table).then(source => this.#chooser.rows(table, rowCount(source)), () => {});
    }
  }

  async #followHash() {
    const { key, view } = readHash();
    const { table: current } = this.#state;
    const table = tables.find(entry => entry.key === key) ?? current ?? tables[0];
    if (table !== current) await this.#choose(table, view, current === null);
    else if (view) this.#camera.jump(view);
  }

  /** Draws a table and goes where it is, or to the view that the address asks for. */
  async #choose(table, view = null, first = false) {
    Object.assign(this.#state, { table, source: null, summary: null, error: null });
    hideAlert();
    this.#popup.close();
    resetTraffic();
    this.#chooser.show(table);
    this.#details.show(table);
    try {
      const scene = await this.#open(table);
      if (this.#state.table !== table) return;
      this.#state.source = scene.source;
      this.#details.rows(rowCount(scene.source));
      const drawn = [table, ...scene.context.map(below => below.table)];
      showAttribution(byId('attribution'), [...drawn.map(entry => entry.attribution), naturalEarth]);
      if (view) this.#camera.jump(view);
      else this.#camera.flyTo(table.home, table.tilt, first);
      this.#map.show(scene);
    } catch (error) {
      if (this.#state.table === table) this.#fail(error);
    }
  }

  /** The table itself must be there; what it is drawn on may be missing. */
  async #open(table) {
    const orNull = entry => openTable(this.#demo, entry).catch(() => null);
    const below = contextOf[table.key] ?? [];
    const [source, land, ...sources] = await Promise.all([
      openTable(this.#demo, table), orNull(countries), ...below.map(orNull),
    ]);
    const context = below.map((entry, index) => ({ table: entry, source: sources[index] }));
    return { table, source, land, context: context.filter(entry => entry.source) };
  }

  #rest(tiles, viewport) {
    const { table, source } = this.#state;
    if (!source) return; // another table has just been chosen
    writeHash(table.key, this.#camera.view);
    this.#state.summary = summarise(table, tiles, viewport.getBounds(), isMvt(source));
    this.#details.summary(table, this.#state.summary);
  }

  #pick({ object, coordinate }) {
    const { table, source } = this.#state;
    if (!object || !source) return this.#popup.close();
    const get = column => object.properties[column] ?? undefined;
    this.#map.select(get(table.id));
    this.#popup.open({
      heading: String(table.heading(get) ?? table.title),
      color: table.classes.of(get).color,
      fields: source.schema.filter(field => table.columns.includes(field.name)),
      properties: object.properties,
      position: object.geometry.type === 'Point' ? object.geometry.coordinates : coordinate,
    }, this.#map.viewport);
  }

  #zoom(button) {
    const { table } = this.#state;
    if (button?.dataset.zoom) this.#camera.zoomBy(Number(button.dataset.zoom));
    else if (button) this.#camera.flyTo(table.home, table.tilt);
  }

  #fail(error) {
    const { table } = this.#state;
    this.#state.error = error.message;
    showAlert(`${table.title} could not be loaded`, error, () => this.#choose(table));
  }
}
