import { CLOSEST, STEEPEST } from './camera.js';

/**
 * The table and the view in the address: `#airports/4.20/-34.8300/-56.0300`, then bearing and pitch where the map is
 * turned or tilted.
 */
export function readHash(hash = location.hash) {
  const [key, ...texts] = hash.replace(/^#/, '').split('/');
  const [zoom, latitude, longitude, bearing = 0, pitch = 0] = texts.map(Number);
  const within = (number, least, most) => number >= least && number <= most; // false for NaN
  const sensible = within(zoom, 0, CLOSEST) && within(latitude, -85.06, 85.06) && within(longitude, -180, 180)
    && within(bearing, -180, 180) && within(pitch, 0, STEEPEST);
  return { key: key || null, view: sensible ? { zoom, latitude, longitude, bearing, pitch } : null };
}

export function writeHash(key, { zoom, latitude, longitude, bearing = 0, pitch = 0 }) {
  const turned = bearing || pitch ? [bearing.toFixed(1), pitch.toFixed(1)] : [];
  const hash = `#${[key, zoom.toFixed(2), latitude.toFixed(5), longitude.toFixed(5), ...turned].join('/')}`;
  // replaceState: moving the map is not a step to go back from, and it fires no hashchange.
  if (hash !== location.hash) history.replaceState(null, '', hash);
}
