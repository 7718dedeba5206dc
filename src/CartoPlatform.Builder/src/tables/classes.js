/**
 * @typedef {{label: string, color: string, alpha?: number}} Class
 * @typedef {(column: string) => any} Get  value of a column of one feature; undefined or NaN where it is null
 * @typedef {{classes: Class[], of: (get: Get) => Class}} Classes
 */

/**
 * Classes by the text in a column.
 * @param {(Class & {values: string[]})[]} classes
 * @param {Class} other  takes what no class names
 * @returns {Classes}
 */
export function byValue(column, classes, other) {
  const classOf = new Map(classes.flatMap(entry => entry.values.map(value => [value, entry])));
  return { classes: [...classes, other], of: get => classOf.get(get(column)) ?? other };
}

/**
 * Classes by the number in a column.
 * @param {(Class & {from: number})[]} classes  the highest first
 * @param {Class} unknown
 * @returns {Classes}
 */
export function byNumber(column, classes, unknown) {
  return {
    classes: [...classes, unknown],
    of: get => {
      const value = Number(get(column) ?? NaN);
      return classes.find(entry => value >= entry.from) ?? unknown;
    },
  };
}

/** Tiles carry a boolean as such or, in CARTO's own format, as text. */
export const isTrue = value => value === true || value === 'true';

/** A colour as deck.gl takes it. */
export function rgb(hex, alpha = 255) {
  const number = parseInt(hex.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255, alpha];
}

/** The accessor of a layer that colours each feature by its class; a class may have an opacity of its own. */
export const colorBy = (classes, alpha = 255) => {
  const colors = new Map(classes.classes.map(entry => [entry, rgb(entry.color, entry.alpha ?? alpha)]));
  return feature => colors.get(classes.of(column => feature.properties[column]));
};
