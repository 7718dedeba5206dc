import { airports } from './airports.js';
import { buildings } from './buildings.js';
import { countries } from './countries.js';
import { places } from './places.js';
import { populatedPlaces } from './populatedPlaces.js';
import { streets } from './streets.js';

/** The sample tables in the order of the panel. */
export const tables = [populatedPlaces, airports, countries, streets, buildings, places];

/** What a table is drawn on, besides the land. */
export const contextOf = {
  [streets.key]: [buildings],
  [buildings.key]: [streets],
  [places.key]: [buildings, streets],
};
