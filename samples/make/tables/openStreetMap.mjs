// What the three tables of Montevideo have in common.
export const openStreetMap = {
  key: 'osm_id',
  digits: 7,
  source: 'OpenStreetMap (openstreetmap.org), QA tiles of 4 December 2017, by way of npm @mapbox/mvt-fixtures 4.0.0',
  licence: 'ODbL-1.0',
  attribution: '© OpenStreetMap contributors',
};

export const identity = ['osm_id', 'osm_type', 'version', 'edited_at'];
