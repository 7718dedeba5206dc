import { count } from '../format/units.js';
import { icons } from './icons.js';

/**
 * One radio button for each table: arrow keys move between them, as everywhere.
 * @param {(table: object) => void} choose
 */
export function createChooser(fieldset, tables, choose) {
  const entries = new Map(tables.map(table => [table, entryOf(table)]));
  fieldset.append(...[...entries.values()].map(entry => entry.label));
  for (const [table, { input }] of entries) input.addEventListener('change', () => choose(table));

  return {
    show(table) {
      const { input, label } = entries.get(table);
      input.checked = true;
      label.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    },
    rows(table, rows) {
      entries.get(table).rows.textContent = rows === null ? '' : count(rows);
    },
  };
}

function entryOf(table) {
  const label = document.createElement('label');
  label.className = 'table';
  label.style.setProperty('--accent', table.accent);
  const input = Object.assign(document.createElement('input'), { type: 'radio', name: 'table', value: table.key });
  const icon = document.createElement('span');
  icon.className = 'icon';
  icon.innerHTML = icons[table.key]; // from this page's own source, not from data
  const title = spanOf('title', table.title);
  title.append(spanOf('where', table.where));
  const rows = spanOf('rows', '');
  label.append(input, icon, title, rows);
  return { label, input, rows };
}

function spanOf(className, text) {
  return Object.assign(document.createElement('span'), { className, textContent: text });
}
