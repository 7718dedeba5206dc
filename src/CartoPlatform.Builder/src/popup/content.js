import { valueOf } from '../format/attribute.js';

const create = (tag, properties) => Object.assign(document.createElement(tag), properties);

/** A value as a node: text, a link, a list that is folded away, or a dash. Data never becomes markup. */
export function contentOf(column, type, value) {
  const { text, href, entries } = valueOf(column, type, value) ?? {};
  if (entries) return entries.length ? folded(entries) : create('span', { className: 'null', textContent: 'empty' });
  if (href) return create('a', { href, textContent: text, target: '_blank', rel: 'noopener noreferrer' });
  return text === undefined ? create('span', { className: 'null', textContent: '–' }) : document.createTextNode(text);
}

function folded(entries) {
  const list = create('dl');
  for (const [key, text] of entries) {
    list.append(create('dt', { textContent: key }), create('dd', { textContent: text }));
  }
  const details = create('details');
  const title = entries.length === 1 ? '1 entry' : `${entries.length} entries`;
  details.append(create('summary', { textContent: title }), list);
  return details;
}
