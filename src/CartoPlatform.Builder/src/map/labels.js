import { TextLayer } from '@deck.gl/layers';
import { eachPart } from '../features/parts.js';
import { rgb } from '../tables/classes.js';

const FONT = 'Inter Variable';
const MOST = 70;
const COUNTRY = { size: 11, color: rgb('#7d8fa3'), offset: 0 };
const FEATURE = { size: 12, color: rgb('#eef3f8'), offset: -13 };

/**
 * Text is drawn into a texture at once, so the parts of the font that have its letters must be there first. Letters
 * that the font lacks come from the system's.
 */
export async function fontFor(labels) {
  const letters = new Set(labels.flatMap(label => [...label.text]));
  await document.fonts.load(`500 16px "${FONT}"`, [...letters].join('')).catch(() => []);
}

/** Names of countries, each in the largest piece of land that it has in the view, where that has room for it. */
export function countryLabels(tiles, viewport, mvt) {
  const names = { id: 'id', of: get => get('name')?.toUpperCase(), rank: get => get('area_km2') ?? 0, style: COUNTRY };
  const world = 512 * 2 ** viewport.zoom;
  return candidates(tiles, viewport, mvt, names)
    .filter(label => halfWidth(label) < Math.sqrt(label.area) * world * 0.62);
}

/** Names of a table's own features, where the table gives them names. */
export function featureLabels(table, tiles, viewport, mvt) {
  if (!table.label || viewport.zoom < table.label.minZoom) return [];
  return candidates(tiles, viewport, mvt, { id: table.id, ...table.label, style: FEATURE });
}

function candidates(tiles, viewport, mvt, { id, of, rank, style }) {
  const found = new Map();
  eachPart(tiles, viewport.getBounds(), mvt, ({ get, centre }) => {
    const text = of(get);
    if (!text) return;
    const { position, area } = centre();
    const known = found.get(get(id));
    if (!known || known.area < area) found.set(get(id), { text, position, area, rank: rank(get), ...style });
  });
  return [...found.values()].sort((a, b) => b.rank - a.rank).slice(0, MOST * 8);
}

/** Keeps those that don't cover one before them; the first are the more important ones. */
export function withoutOverlap(labels, viewport) {
  const taken = [];
  return labels.filter(label => {
    if (taken.length === MOST) return false;
    const [x, y] = viewport.project(label.position);
    const half = halfWidth(label) + 4;
    const [left, right] = [x - half, x + half];
    const [top, bottom] = [y + label.offset - label.size, y + label.offset + label.size];
    if (right < 0 || left > viewport.width || bottom < 0 || top > viewport.height) return false;
    if (taken.some(box => left < box[2] && right > box[0] && top < box[3] && bottom > box[1])) return false;
    return taken.push([left, top, right, bottom]);
  });
}

/** In pixels, by the width that letters of this font have on average. */
const halfWidth = ({ text, size }) => text.length * size * 0.31;

// Objects that are made once: the layer draws all glyphs anew when it is given other ones.
const GLYPHS = {
  fontFamily: FONT,
  fontWeight: 500,
  characterSet: 'auto',
  fontSettings: { sdf: true, fontSize: 48, buffer: 8, radius: 12 },
  outlineWidth: 3,
  outlineColor: [11, 18, 26, 220],
};

export function labelLayer(labels) {
  return new TextLayer({
    ...GLYPHS,
    id: 'labels',
    data: labels,
    getPosition: label => label.position,
    getText: label => label.text,
    getSize: label => label.size,
    getColor: label => label.color,
    getPixelOffset: label => [0, label.offset],
    pickable: false,
  });
}
