// What must be in a tile, according to PostGIS on the table itself.
import {MAX_LATITUDE, cellsPerSide, tileSide} from './mercator.js';
import {identifier, jsonLiteral, rows} from './sql.js';
import {DEFAULT_RESOLUTION} from './tiles.js';

const HALF_WORLD = 20037508.342789244;

/** Outlines may reach over the edge of a tile by this share of its side, so that neighbours overlap. */
const BUFFER_SHARE = 1 / 16;

/** The smallest extent of a line, in cells, at which no quantisation can make it vanish. */
const VISIBLE_LINE = 2;

/** The same for polygons: area by perimeter, in cells. A square of four cells has 1. */
const VISIBLE_POLYGON = 1;

/** In cells: snapping moves a vertex by 0.7, simplification by half a cell, and there is rounding. */
const LINE_TOLERANCE = 1.5;

const worldBox = `ST_MakeEnvelope(-180, -${MAX_LATITUDE}, 180, ${MAX_LATITUDE}, 4326)`;

const cellsAcross = cellsPerSide(DEFAULT_RESOLUTION);

/** The geometry of a row in EPSG:3857 as a map can show it; points beyond the Mercator square sit on its edge. */
function mercator(table, geometry = 'geom') {
  if (table.kind === 'point') {
    return `ST_Transform(ST_SetSRID(ST_MakePoint(ST_X(${geometry}), least(greatest(ST_Y(${geometry}), -${MAX_LATITUDE}), ${MAX_LATITUDE})), 4326), 3857)`;
  }
  const clipped = `ST_Intersection(ST_MakeValid(${geometry}), ${worldBox})`;
  return `ST_MakeValid(ST_Transform(CASE WHEN ST_CoveredBy(${geometry}, ${worldBox}) THEN ${geometry} ELSE ${clipped} END, 3857))`;
}

/** The same in cells of a tile, counted from its north-west corner. */
function inCells(table, {z, x, y}) {
  const perMetre = cellsAcross / tileSide(z);
  const [left, top] = [HALF_WORLD * perMetre - x * cellsAcross, HALF_WORLD * perMetre - y * cellsAcross];
  return `ST_SetSRID(ST_Affine(${mercator(table)}, ${perMetre}, 0, 0, ${-perMetre}, ${left}, ${top}), 0)`;
}

/** Keys of the points of each tile of a zoom, by "x/y". */
export async function pointsByTile(table, z) {
  const found = await rows(`SELECT floor((ST_X(g) + ${HALF_WORLD}) / ${tileSide(z)})::int AS x,
      least(floor((${HALF_WORLD} - ST_Y(g)) / ${tileSide(z)})::int, ${2 ** z - 1}) AS y, json_agg(key ORDER BY key) AS keys
    FROM (SELECT ${identifier(table.key)} AS key, ${mercator(table)} AS g FROM ${table.name}) t GROUP BY 1, 2`);
  return new Map(found.map(({x, y, keys}) => [`${x}/${y}`, keys]));
}

/**
 * Keys of the lines or polygons that touch each tile, by "x/y": `required` are too large to be left out, `allowed` touch the
 * tile or its surroundings.
 */
export async function outlinesByTile(table, tiles) {
  const cell = tileSide(tiles[0].z) / cellsAcross;
  const visible = table.kind === 'line'
    ? `greatest(ST_XMax(part) - ST_XMin(part), ST_YMax(part) - ST_YMin(part)) / ${cell} >= ${VISIBLE_LINE}`
    : `ST_Area(part) / greatest(ST_Perimeter(part), 1e-9) / ${cell} >= ${VISIBLE_POLYGON}`;
  const found = await rows(`WITH tile AS (SELECT x, y, ST_TileEnvelope(z, x, y) AS box, ST_Expand(ST_TileEnvelope(z, x, y), ${BUFFER_SHARE * tileSide(tiles[0].z)}) AS wide
      FROM (VALUES ${tiles.map(({z, x, y}) => `(${z}, ${x}, ${y})`)}) AS t(z, x, y)),
    feature AS MATERIALIZED (SELECT ${identifier(table.key)} AS key, ${mercator(table)} AS g FROM ${table.name})
    SELECT x, y, json_agg(key ORDER BY key) AS allowed, coalesce(json_agg(key ORDER BY key) FILTER (WHERE ${visible}), '[]') AS required
    FROM tile JOIN feature ON g && wide AND ST_Intersects(g, wide), LATERAL (SELECT ST_Intersection(g, box) AS part) AS p
    GROUP BY x, y`);
  return new Map(found.map(({x, y, allowed, required}) => [`${x}/${y}`, {allowed, required}]));
}

/** The rows with these keys: attributes as JSON. */
export async function attributesOf(table, keys, columns) {
  const names = columns.map((column) => identifier(column.name)).join(', ');
  const key = identifier(table.key);
  const found = await rows(`SELECT ${key} AS contract_key, ${names} FROM ${table.name} WHERE ${key} = ANY ('{${keys}}'::bigint[])`);
  return new Map(found.map(({contract_key: id, ...attributes}) => [id, attributes]));
}

/** Positions of points in cells of a tile, by key. */
export async function positionsOf(table, tile, keys) {
  const key = identifier(table.key);
  const found = await rows(`SELECT key, ST_X(g) AS x, ST_Y(g) AS y
    FROM (SELECT ${key} AS key, ${inCells(table, tile)} AS g FROM ${table.name} WHERE ${key} = ANY ('{${keys}}'::bigint[])) t`);
  return new Map(found.map(({key: id, x, y}) => [id, [x, y]]));
}

/** Whether a line goes where the other one is not. */
const leaves = (line, other) => `NOT ST_IsEmpty(ST_Difference(${line}, ST_Buffer(${other}, ${LINE_TOLERANCE})))`;

/**
 * How far drawn lines or polygons are from the table's, inside the tile. For polygons `difference` is the area that only one of the
 * two covers, divided by the length of the outline; for lines `strays` and `misses` say whether one leaves the corridor of the other.
 */
export async function compareOutlines(table, tile, drawn) {
  const measures = table.kind === 'polygon'
    ? `ST_IsValidReason(got.g) AS validity,
        ST_Area(ST_SymDifference(ST_Intersection(ST_MakeValid(got.g), box), ST_Intersection(want.g, box))) / (ST_Perimeter(ST_Intersection(want.g, box)) + 4) AS difference`
    : `${leaves('ST_Intersection(got.g, box)', 'want.g')} AS strays, ${leaves('ST_Intersection(want.g, ST_Expand(box, -2))', 'got.g')} AS misses`;
  const key = identifier(table.key);
  return rows(`WITH got AS (SELECT key, ST_GeomFromText(wkt) AS g FROM json_to_recordset(${jsonLiteral(drawn)}) AS t(key bigint, wkt text)),
    want AS (SELECT ${key} AS key, ${inCells(table, tile)} AS g FROM ${table.name} WHERE ${key} IN (SELECT key FROM got))
    SELECT key, ${measures} FROM got JOIN want USING (key), ST_MakeEnvelope(0, 0, ${cellsAcross}, ${cellsAcross}) AS box`);
}
