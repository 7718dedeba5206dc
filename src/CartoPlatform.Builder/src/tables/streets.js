import { openStreetMap } from './attribution.js';
import { byValue, colorBy, rgb } from './classes.js';
import { kilometres } from '../format/units.js';

const highways = byValue('highway', [
  { label: 'Trunk road', color: '#ffd166', width: 15, values: ['motorway', 'trunk', 'motorway_link', 'trunk_link'] },
  { label: 'Primary', color: '#ff9f5a', width: 12, values: ['primary', 'primary_link'] },
  { label: 'Secondary', color: '#f2667a', width: 10, values: ['secondary', 'secondary_link'] },
  { label: 'Tertiary', color: '#b58cf0', width: 8, values: ['tertiary', 'tertiary_link'] },
  {
    label: 'Residential', color: '#4f86c6', width: 6,
    values: ['residential', 'living_street', 'unclassified', 'road'],
  },
  { label: 'Service', color: '#4a6480', width: 4, values: ['service', 'track'] },
  {
    label: 'On foot or by bicycle', color: '#4fb3a5', width: 2.5,
    values: ['footway', 'path', 'pedestrian', 'steps', 'cycleway'],
  },
], { label: 'Planned or in the making', color: '#6b7280', width: 3 });

const widthOf = feature => highways.of(column => feature.properties[column]).width;
const kilometresOf = get => Number(get('length_m') ?? 0) / 1000;

export const streets = {
  key: 'streets',
  name: 'demo.montevideo_streets',
  title: 'Streets',
  where: 'Montevideo',
  accent: '#f2667a',
  description: 'Streets and paths of Montevideo, with surface, lanes and speed limit.',
  id: 'osm_id',
  columns: [
    'osm_id', 'name', 'highway', 'ref', 'surface', 'lanes', 'oneway', 'maxspeed', 'length_m', 'edited_at', 'tags',
  ],
  home: [-56.255, -34.937, -56.07, -34.836],
  attribution: openStreetMap,
  heading: get => get('name') ?? highways.of(get).label,
  classes: highways,
  classesTitle: 'Class of street',
  numbers: [{ label: 'Length', sum: kilometresOf, format: kilometres }],
  paint: () => ({
    stroked: true,
    filled: false,
    getLineColor: colorBy(highways, 235),
    lineWidthUnits: 'meters',
    getLineWidth: widthOf,
    lineWidthMinPixels: 0.7,
    lineWidthMaxPixels: 16,
    lineCapRounded: true,
    lineJointRounded: true,
  }),
  muted: {
    stroked: true,
    filled: false,
    getLineColor: rgb('#2a3948'),
    lineWidthUnits: 'meters',
    getLineWidth: widthOf,
    lineWidthMinPixels: 0.6,
    lineWidthMaxPixels: 18,
    lineCapRounded: true,
    lineJointRounded: true,
  },
};
