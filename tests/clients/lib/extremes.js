// Rows at the ends of what types can hold: infinities, numbers of 38 digits, dates before Christ, empty places, numbers in other scripts.
import {groups} from './odd.js';
import {identifier, literal} from './sql.js';

export const columns = {group: `Group "'ä`, real: 'float 8', exact: 'число', big: 'big', single: 'single', text: 'num text', flag: 'flag', day: 'day', at: 'At', plain: 'plain', ms: 'ms'};

/** What a text says, where it is a number. */
const numbersAsText = [['  12 ', 12], ['-7.25', -7.25], ['+3e2', 300], ['.5', 0.5], ['5.', 5], ['1e99', 1e99], ['x'], [''], [' '], ['1 2'], ['0x10'], ['1_000'], ['Infinity'], ['NaN'], ['١٢'], ['１２'], ['1e'], ['--1'], ['12\n', 12], ['\t7\v', 7], ['\u2003' + '8'], ['\u00a09']];

// Each of them in some rows; all other rows are ordinary.
const days = ['infinity', '-infinity', '0044-03-15 BC', '4713-01-01 BC', '0001-01-01', '0099-12-31', '1582-10-10', '1969-12-31', '1970-01-01', '9999-12-31', '10000-01-01', '294276-12-31'];
const times = [...days.slice(0, 4), '0001-01-01 00:00:00', '1969-12-31 23:59:59.999999', '1970-01-01 00:00:00.000001', '9999-12-31 23:59:59.999999', '10000-01-01 00:00:00', '294276-12-31 23:59:59.999999'];
const milliseconds = ['NaN', 'Infinity', '-Infinity', '-62135596800000', '-62135596800001', '253402300799999', '253402300800000', '1e300', '-0.5'];

const array = (values, type) => `(ARRAY[${values.map((value) => (value === undefined ? 'NULL' : literal(value))).join(', ')}]::${type}[])`;
/** One of the values in some rows (`every`-th), else an expression. */
const sometimes = (values, type, every, otherwise) => `CASE WHEN i % ${every} = 0 THEN ${array(values, type)}[i / ${every} % ${values.length} + 1] ELSE ${otherwise} END`;

/** `number` is what `num text` says. */
export const extremeTable = (name, count) => `
CREATE TABLE ${name} (
  id int PRIMARY KEY, ${identifier(columns.group)} text, ${identifier(columns.real)} float8, ${identifier(columns.exact)} numeric, big int8, single real, ${identifier(columns.text)} text, number float8,
  flag boolean, day date, ${identifier(columns.at)} timestamptz, plain timestamp, ms float8, small int2, key uuid, host inet, fixed char(6), letter "char", list int[], span interval, geom geometry(Geometry, 4326));
INSERT INTO ${name} SELECT
  i, CASE WHEN i % 26 <> 25 THEN ${array(groups, 'text')}[i % 26 % ${groups.length} + 1] END,
  ${sometimes([undefined, 'NaN', 'Infinity', '-Infinity', '1e150', '1e-300', '-0'], 'float8', 5, '(b * 7919 % 1000 - 500) / 8.0')},
  ${sometimes([undefined, 'NaN', 'Infinity', '-Infinity', '99999999999999999999999999999999999999', '0.12345678901234567890123456789', '0.00'], 'numeric', 7, '(b * 104729 % 100000 - 50000) / 100.0')},
  ${sometimes([undefined, '9223372036854775807', '-9223372036854775808', '9007199254740993', '0'], 'int8', 6, 'b * 31 % 2000 - 1000')},
  ${sometimes([undefined, 'NaN', 'Infinity', '-Infinity', '16777216', '0.0009765625'], 'real', 8, '(i % 64) / 4.0')},
  ${sometimes(numbersAsText.map(([text]) => text), 'text', 3, "(i % 500 / 2.0)::text")}, ${sometimes(numbersAsText.map(([, number]) => number), 'float8', 3, 'i % 500 / 2.0')},
  CASE WHEN i % 3 <> 0 THEN i % 2 = 0 END,
  ${sometimes([undefined, ...days], 'date', 4, "date '1900-01-01' + (b * 7919 % 80000)::int")},
  ${sometimes([undefined, ...times].map((time) => time === undefined || time.includes('infinity') ? time : time.includes('BC') ? time : `${time}+00`), 'timestamptz', 4, "timestamptz '1900-01-01Z' + (b * 7919 % 80000) * interval '1 day 3 minutes 0.25 seconds'")},
  ${sometimes([undefined, ...times], 'timestamp', 5, "timestamp '1900-01-01' + (b * 104729 % 80000) * interval '23 hours'")},
  ${sometimes([undefined, ...milliseconds], 'float8', 9, '(b * 7919 % 100000 - 50000) * 40000000.5')},
  CASE WHEN i % 7 <> 0 THEN b * 31 % 200 - 100 END,
  CASE WHEN i % 10 <> 0 THEN md5((i % 40)::text)::uuid END,
  ${array(['10.0.0.1', '10.0.0.0/8', '::1', 'fe80::/10', undefined], 'inet')}[i % 5 + 1],
  ${array(['ab', 'ab cd', '', ' x', undefined], 'text')}[i % 5 + 1], ${array(['a', 'b', undefined], 'text')}[i % 3 + 1]::"char",
  ${array(['{1,2}', '{NULL}', '{}', undefined], 'text')}[i % 4 + 1]::int[], ${array(['1 day', '-2 mons', undefined], 'interval')}[i % 3 + 1],
  CASE i % 50 WHEN 0 THEN NULL WHEN 1 THEN 'SRID=4326;POINT EMPTY'::geometry WHEN 2 THEN ST_Point(180, 90, 4326) WHEN 3 THEN ST_Point(-180, -90, 4326)
    ELSE ST_Point(b * 37 % 340 - 170 + 0.25, b * 17 % 160 - 80 + 0.25, 4326) END
FROM generate_series(1, ${count}) AS n(i), LATERAL (SELECT i::bigint AS b) AS wide;
`;

/** A column's value as a number of a widget, in SQL that knows nothing of the platform's. */
export const numbers = {
  [columns.real]: `nullif(${identifier(columns.real)}, 'NaN')`,
  [columns.exact]: `nullif(${identifier(columns.exact)}, 'NaN')`,
  [columns.big]: 'big',
  [columns.single]: `nullif(single, 'NaN')::float8`,
  [columns.text]: 'number',
  [columns.flag]: '(CASE WHEN flag THEN 1 WHEN NOT flag THEN 0 END)'
};

/** A column's time in UTC, null where JavaScript has none. */
export const clocks = Object.fromEntries([
  ['day', 'day::timestamp', `day BETWEEN '0001-01-01' AND '9999-12-31'`],
  [columns.at, `(${identifier(columns.at)} AT TIME ZONE 'UTC')`, `${identifier(columns.at)} >= '0001-01-01Z' AND ${identifier(columns.at)} < '10000-01-01Z'`],
  ['plain', 'plain', `plain >= '0001-01-01' AND plain < '10000-01-01'`],
  ['ms', `(timestamp '1970-01-01' + ms * interval '1 millisecond')`, `ms >= -62135596800000 AND ms < 253402300800000`]
].map(([name, time, holds]) => [name, `CASE WHEN ${holds} THEN ${time} END`]));

const unit = {second: 1, minute: 60, hour: 3600, day: 86400, week: 604800};
const months = {month: 1, year: 12};

/** The start of the step that a time is in: counted from 1970, weeks from the Monday before. */
export function stepStart(time, stepSize, count) {
  const start = stepSize in unit
    ? `timestamp '1970-01-01' + (floor((extract(epoch FROM ${time}) + ${stepSize === 'week' ? 259200 : 0}) / ${unit[stepSize] * count}) * ${unit[stepSize] * count} - ${stepSize === 'week' ? 259200 : 0})::float8 * interval '1 second'`
    : `timestamp '1970-01-01' + floor((extract(year FROM ${time}) * 12 + extract(month FROM ${time}) - 23641) / ${months[stepSize] * count})::int * ${months[stepSize] * count} * interval '1 month'`;
  return count === 1 ? start : `greatest(${start}, timestamp '0001-01-01')`;
}
