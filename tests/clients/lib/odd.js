// Rows made to break widgets: hostile names of columns and categories, nulls, NaN, ties, numbers as text, all types that widgets take.
import {literal} from './sql.js';

export const columns = {
  group: 'Group', naive: `naïve "col" 'x'; --`, amount: 'числа', small: 'small', big: 'big', real: 'real4', text: 'num_text', flag: 'flag',
  at: 'at', plain: 'at_plain', day: 'day', ms: 'ms'
};

/** Of the numbers, those that have a fraction as well. */
export const numbers = [columns.naive, columns.amount, columns.small, columns.big, columns.real, columns.text];
export const times = [columns.at, columns.plain, columns.day, columns.ms];

export const groups = [
  "O'Brien", 'ガ コーヒー', 'הַשְׁלֵם', 'a^b`c', 'say "hi"', 'back\\slash', 'ñandú 🦤', '', ' ', 'null', '<b>&amp;</b>', '%_', 'line\nbreak', '日本', 'Ärmel', 'arm', 'Zebra', 'zebra', '10', '9', "'; DROP TABLE odd; --", '{"a":1}', '$1 @x ?'
];

const quoted = (name) => `"${name.replaceAll('"', '""')}"`;

/** Of a table of this name; `count` rows. */
export const oddTable = (name, count) => `
CREATE TABLE ${name} (
  id int PRIMARY KEY, ${quoted(columns.group)} text, ${quoted(columns.naive)} float8, ${quoted(columns.amount)} numeric, small int2, big int8, real4 real,
  num_text text, flag boolean, at timestamptz, at_plain timestamp, day date, ms bigint, tags jsonb, geom geometry(Point, 4326));
INSERT INTO ${name} SELECT
  i, CASE WHEN i % 26 <> 25 THEN (ARRAY[${groups.map(literal).join(', ')}])[i % 26 % ${groups.length} + 1] END,
  CASE i % 11 WHEN 0 THEN NULL WHEN 1 THEN 'NaN' ELSE (b * 7919 % 1000 - 500) / 8.0 END,
  CASE i % 13 WHEN 0 THEN NULL WHEN 1 THEN 'NaN' ELSE (b * 104729 % 100000 - 50000) / 100.0 END,
  CASE WHEN i % 7 <> 0 THEN b * 31 % 200 - 100 END,
  CASE WHEN i % 5 <> 0 THEN 9007199254740992 / 1000 * (i % 900 - 450) END,
  CASE i % 17 WHEN 0 THEN NULL WHEN 1 THEN 'NaN' ELSE (i % 64) / 4.0 END,
  CASE i % 9 WHEN 0 THEN NULL WHEN 1 THEN ' ' || i || ' ' ELSE (i / 2.0)::text END,
  CASE WHEN i % 3 <> 0 THEN i % 2 = 0 END,
  CASE WHEN i % 19 <> 0 THEN timestamptz '1969-11-30Z' + i * interval '7 hours 13 minutes 11.5 seconds' END,
  CASE WHEN i % 19 <> 1 THEN timestamp '2023-12-28' + i * interval '5 hours' END,
  CASE WHEN i % 19 <> 2 THEN date '2024-02-25' + i % 40 END,
  CASE WHEN i % 19 <> 3 THEN 1709164800000 + b * 3600000 END,
  jsonb_build_object('i', i), ST_Point(b * 37 % 340 - 170 + 0.25, b * 17 % 160 - 80 + 0.25, 4326)
FROM generate_series(1, ${count}) AS n(i), LATERAL (SELECT i::bigint AS b) AS wide;
`;
