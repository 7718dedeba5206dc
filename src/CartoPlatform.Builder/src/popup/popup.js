import { labelOf } from '../format/attribute.js';
import { contentOf } from './content.js';
import { besides } from './placement.js';

/** The attributes of one feature, beside the place where it was picked. */
export class Popup {
  #section;
  #closed;
  #anchor = null;
  #opener = null;

  constructor(section, closed) {
    this.#section = section;
    this.#closed = closed;
    section.querySelector('button').addEventListener('click', () => this.close());
    document.addEventListener('keydown', event => event.key === 'Escape' && this.close());
  }

  /**
   * @param {object} feature
   * @param {string} feature.heading
   * @param {string} feature.color
   * @param {{name: string, type: string}[]} feature.fields
   * @param {object} feature.properties
   * @param {[number, number]} feature.position
   */
  open({ heading, color, fields, properties, position }, viewport) {
    const section = this.#section;
    if (section.hidden) this.#opener = document.activeElement;
    const title = section.querySelector('h2');
    title.textContent = heading;
    section.style.setProperty('--accent', color);
    section.querySelector('tbody').replaceChildren(...fields.map(field => rowOf(field, properties[field.name])));
    section.hidden = false;
    section.querySelector('.attributes').scrollTop = 0;
    this.#anchor = position;
    this.place(viewport);
    title.focus({ preventScroll: true });
  }

  /** Keeps it beside its place while the map moves. */
  place(viewport) {
    if (!this.#anchor) return;
    const [left, top] = besides(viewport.project(this.#anchor), this.#section, viewport);
    this.#section.style.translate = `${Math.round(left)}px ${Math.round(top)}px`;
  }

  close() {
    if (this.#section.hidden) return;
    // Back to where the keyboard was, unless the reader has gone elsewhere meanwhile.
    const focused = this.#section.contains(document.activeElement);
    this.#section.hidden = true;
    this.#anchor = null;
    if (focused) this.#opener?.focus();
    this.#closed();
  }
}

function rowOf({ name, type }, value) {
  const row = document.createElement('tr');
  row.dataset.column = name;
  const head = Object.assign(document.createElement('th'), { scope: 'row', textContent: labelOf(name) });
  const cell = document.createElement('td');
  cell.append(contentOf(name, type, value));
  row.append(head, cell);
  return row;
}
