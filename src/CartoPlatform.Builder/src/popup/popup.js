import { labelOf, valueOf } from '../format/attribute.js';

const GAP = 14; // pixels between the place and the pop-up
const EDGE = 8; // pixels between the pop-up and the edge of the window

/** The attributes of one feature, beside the place where it was picked. */
export function createPopup(section, closed) {
  const title = section.querySelector('h2');
  const body = section.querySelector('tbody');
  const rows = section.querySelector('.attributes');
  let anchor = null;
  let opener = null;

  function close() {
    if (section.hidden) return;
    section.hidden = true;
    anchor = null;
    // Back to where the keyboard was, unless the reader has gone elsewhere meanwhile.
    if (section.contains(document.activeElement) || document.activeElement === document.body) opener?.focus?.();
    closed();
  }

  section.querySelector('button').addEventListener('click', close);
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape') close();
  });

  return {
    close,
    /** @param {{heading: string, color: string, schema: {name: string, type: string}[], properties: object, position: number[]}} feature */
    open({ heading, color, schema, properties, position }, viewport) {
      if (section.hidden) opener = document.activeElement;
      title.textContent = heading;
      section.style.setProperty('--accent', color);
      body.replaceChildren(...schema.filter(field => field.type !== 'geometry').map(field => rowOf(field, properties[field.name])));
      anchor = position;
      section.hidden = false;
      rows.scrollTop = 0;
      this.place(viewport);
      title.focus({ preventScroll: true });
    },
    /** Keeps it beside its place while the map moves. */
    place(viewport) {
      if (!anchor) return;
      const [left, top] = besides(viewport.project(anchor), section, viewport);
      section.style.translate = `${Math.round(left)}px ${Math.round(top)}px`;
    },
  };
}

/** Above the place where there is room, else below, right or left; within the window in any case. */
function besides([x, y], { offsetWidth: width, offsetHeight: height }, window) {
  const within = (value, most) => Math.max(EDGE, Math.min(most - EDGE, value));
  const left = within(x - width / 2, window.width - width);
  const top = within(y - height / 2, window.height - height);
  if (y - height - GAP >= EDGE) return [left, y - height - GAP];
  if (y + GAP + height <= window.height - EDGE) return [left, y + GAP];
  if (x + GAP + width <= window.width - EDGE) return [x + GAP, top];
  return [within(x - GAP - width, window.width - width), top];
}

function rowOf({ name, type }, value) {
  const row = document.createElement('tr');
  const head = Object.assign(document.createElement('th'), { scope: 'row', textContent: labelOf(name) });
  const cell = document.createElement('td');
  cell.append(contentOf(valueOf(name, type, value)));
  row.dataset.column = name;
  row.append(head, cell);
  return row;
}

function contentOf(value) {
  if (value === null) return Object.assign(document.createElement('span'), { className: 'null', textContent: '–' });
  if (value.href) return Object.assign(document.createElement('a'), { href: value.href, textContent: value.text, target: '_blank', rel: 'noopener noreferrer' });
  return value.entries ? entriesOf(value.entries) : document.createTextNode(value.text);
}

function entriesOf(entries) {
  if (entries.length === 0) return Object.assign(document.createElement('span'), { className: 'null', textContent: 'empty' });
  const details = document.createElement('details');
  const list = document.createElement('dl');
  for (const [key, text] of entries) {
    list.append(
      Object.assign(document.createElement('dt'), { textContent: key }),
      Object.assign(document.createElement('dd'), { textContent: text }));
  }
  const summary = Object.assign(document.createElement('summary'), {
    textContent: entries.length === 1 ? '1 entry' : `${entries.length} entries`,
  });
  details.append(summary, list);
  return details;
}
