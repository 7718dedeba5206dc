import { isTrue } from '../tables/classes.js';
import { count, decimal } from './units.js';

const UNITS = { ft: 'ft', m: 'm', m2: 'm²', km2: 'km²' };
const UNIT_SUFFIX = /_(ft|m|m2|km2)$/;
const ABBREVIATIONS = { id: 'ID', osm: 'OpenStreetMap', iata: 'IATA', gps: 'GPS', iso: 'ISO', geoname: 'GeoNames' };
const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' });

/** A column's name for people: `elevation_ft` is Elevation, its unit goes to the value. */
export function labelOf(column) {
  const words = column.replace(UNIT_SUFFIX, '').split('_').map(word => ABBREVIATIONS[word] ?? word);
  const label = words.join(' ').replace(/(?<=[a-z])(?=3$)/, ' ');
  return label.charAt(0).toUpperCase() + label.slice(1);
}

/**
 * A value for people, by the type that the schema gives its column.
 * @returns {{text: string} | {href: string, text: string} | {entries: [string, string][]} | null} null for null
 */
export function valueOf(column, type, value) {
  if (value === undefined || value === null || value === '' || Number.isNaN(value)) return null;
  if (type === 'boolean') return { text: isTrue(value) ? 'Yes' : 'No' };
  if (type === 'timestamp') return { text: dayOf(value) };
  if (type === 'object') return { entries: entriesOf(value) };
  if (type === 'number' || type === 'bigint') return { text: numberOf(column, value) };
  return linkOf(String(value)) ?? { text: String(value) };
}

function numberOf(column, value) {
  // An identifier is a name: no separators, no rounding.
  if (/(^|_)id$/.test(column)) return String(value);
  const number = Number(value);
  const unit = column === 'maxspeed' ? 'km/h' : column === 'height' ? 'm' : UNITS[column.match(UNIT_SUFFIX)?.[1]];
  const text = Number.isInteger(number) ? count(number) : decimal(number);
  return unit ? `${text} ${unit}` : text;
}

function dayOf(value) {
  // PostgreSQL's own text has a blank and a short zone, which Date does not take everywhere.
  const text = typeof value === 'string' ? value.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00') : value;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? String(value) : day.format(date);
}

function entriesOf(value) {
  try {
    const parsed = typeof value === 'string' ? JSON.parse(value) : value;
    if (parsed === null || typeof parsed !== 'object') return [['', String(parsed)]];
    return Object.entries(parsed).map(([key, entry]) =>
      [key, typeof entry === 'object' ? JSON.stringify(entry) : String(entry)]);
  } catch {
    return [['', String(value)]];
  }
}

function linkOf(text) {
  if (!/^https?:\/\//i.test(text) || !URL.canParse?.(text)) return null;
  const { host, pathname } = new URL(text);
  const path = pathname === '/' ? '' : decodeSafely(pathname);
  return { href: text, text: (host.replace(/^www\./, '') + path).slice(0, 60) };
}

function decodeSafely(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
