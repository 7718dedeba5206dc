// world-atlas joins polygons across the 180th meridian, as on a sphere. On a flat map they must be cut there.
import clipping from 'polygon-clipping';

const world = [[[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]];

function shift(polygon, degrees) {
  return polygon.map((ring) => ring.map(([longitude, latitude]) => [longitude + degrees, latitude]));
}

// Lets longitudes run on past 180 instead of jumping to -180.
function unwrap(ring) {
  let turns = 0;
  return ring.map(([longitude, latitude], i) => {
    const step = i === 0 ? 0 : longitude - ring[i - 1][0];
    if (Math.abs(step) > 180) turns -= Math.sign(step);
    return [longitude + turns * 360, latitude];
  });
}

function goesRoundThePole(ring) {
  return Math.abs(ring.at(-1)[0] - ring[0][0]) > 180;
}

// Antarctica: the coast runs once round the pole and is closed along the edge of the map.
function closeAtSouthPole(coast) {
  return [...coast, [coast.at(-1)[0], -90], [coast[0][0], -90], coast[0]];
}

function isPole(ring) {
  return ring.every(([, latitude]) => latitude < -89.9);
}

function cut(polygon) {
  const rings = polygon
    .filter((ring) => !isPole(ring))
    .map(unwrap)
    .map((ring) => (goesRoundThePole(ring) ? closeAtSouthPole(ring) : ring));
  const longitudes = rings.flat().map(([longitude]) => longitude);
  if (Math.min(...longitudes) >= -180 && Math.max(...longitudes) <= 180) return [rings];
  return [-360, 0, 360].flatMap((degrees) => clipping.intersection(shift(rings, degrees), world));
}

export function cutAtAntimeridian(geometry) {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  return { type: 'MultiPolygon', coordinates: polygons.flatMap(cut) };
}
