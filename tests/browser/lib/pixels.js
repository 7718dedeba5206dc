import { PNG } from 'pngjs';

/** Colours of the map without data, as the eye meets them. */
export const SEA = [11, 18, 26];
export const LAND = [25, 35, 47];
export const GROUND = [17, 25, 34];
export const BLACK = [0, 0, 0];

/** What is on the screen now: gives the colour at a point of the page. */
export async function screenshot(page) {
  const { width, height, data } = PNG.sync.read(await page.screenshot({ timeout: 0 }));
  return ([x, y]) => {
    const at = 4 * (Math.round(y) * width + Math.round(x));
    if (x < 0 || y < 0 || x >= width || y >= height) throw new Error(`${x}, ${y} is not on the page`);
    return [...data.subarray(at, at + 3)];
  };
}

/** The colours that the legend gives the classes, by their labels. */
export async function legend(page) {
  const entries = await page.$$eval('#classes li', items =>
    items.map(item => [item.querySelector('.name').textContent, item.style.getPropertyValue('--color')]));
  return new Map(entries.map(([label, hex]) => [label, [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16))]));
}

/** Where positions are on the page, less those that the panel and the buttons cover or that are at its edges. */
export async function visible(page, places) {
  const positions = places.map(place => place.position);
  const points = await page.evaluate(all => all.map(position => window.cartoPage.project(position)), positions);
  const { free, width, height } = await page.evaluate(() => ({
    free: document.getElementById('panel').getBoundingClientRect().right,
    width: innerWidth,
    height: innerHeight,
  }));
  return places
    .map((place, index) => ({ ...place, point: points[index] }))
    .filter(({ point: [x, y] }) => x > free + 16 && x < width - 70 && y > 20 && y < height - 40);
}

/** Those that have no neighbour within so many pixels. */
export function alone(places, distance) {
  return places.filter(place => places.every(other =>
    other === place || Math.hypot(other.point[0] - place.point[0], other.point[1] - place.point[1]) >= distance));
}

/** Whether a pixel is what a colour laid over another gives, opaque or lit to some share at least. */
export function isTinted(pixel, under, color, share = 0.2) {
  const seen = minus(pixel, under), full = minus(color, under);
  const alike = dot(seen, full) / (length(seen) * length(full));
  return alike > 0.97 && length(seen) > share * length(full);
}

export function isNear(pixel, color, tolerance = 8) {
  return pixel.every((channel, index) => Math.abs(channel - color[index]) <= tolerance);
}

export const plus = (a, b) => a.map((value, index) => value + b[index]);
const minus = (a, b) => a.map((value, index) => value - b[index]);
const dot = (a, b) => a.reduce((sum, value, index) => sum + value * b[index], 0);
const length = a => Math.sqrt(dot(a, a));
