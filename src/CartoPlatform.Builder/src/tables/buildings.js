import { openStreetMap } from './attribution.js';
import { byValue, colorBy, rgb } from './classes.js';
import { squareMetres } from '../format/units.js';

const uses = byValue('building', [
  {
    label: 'Homes', color: '#6aa6f8',
    values: ['apartments', 'residential', 'house', 'detached', 'hut', 'dormitory', 'farm', 'terrace'],
  },
  {
    label: 'Shops and offices', color: '#ffc857',
    values: ['commercial', 'retail', 'office', 'supermarket', 'kiosk', 'mall', 'bank'],
  },
  { label: 'Schools and universities', color: '#7fd67f', values: ['school', 'university', 'college', 'kindergarten'] },
  {
    label: 'Public, health, worship', color: '#f2667a',
    values: ['public', 'civic', 'hospital', 'church', 'chapel', 'cathedral', 'government', 'theatre', 'stadium'],
  },
  { label: 'Hotels', color: '#ff9f5a', values: ['hotel'] },
  {
    label: 'Industry and storage', color: '#b58cf0',
    values: ['industrial', 'warehouse', 'storage', 'storage_tank', 'tank', 'hangar', 'factory', 'manufacture'],
  },
], { label: 'Use not told', color: '#5d7690' });

/** Metres: as mapped, else three to a storey, else low. Drawn half as high again, or the old town would be flat. */
const heightOf = ({ properties: { height, levels } }) => 1.5 * (height || (levels || 2) * 3);

export const buildings = {
  key: 'buildings',
  name: 'demo.montevideo_buildings',
  title: 'Buildings',
  where: 'Montevideo',
  accent: '#6aa6f8',
  description: 'Buildings of Montevideo with use, storeys, height and address.',
  id: 'osm_id',
  columns: [
    'osm_id', 'name', 'building', 'levels', 'height', 'street', 'housenumber', 'postcode', 'city', 'area_m2',
    'edited_at', 'tags',
  ],
  home: [-56.2105, -34.9145, -56.1845, -34.9015],
  tilt: { pitch: 50, bearing: -18 },
  attribution: openStreetMap,
  heading: get => get('name') ?? ([get('street'), get('housenumber')].filter(Boolean).join(' ') || uses.of(get).label),
  classes: uses,
  classesTitle: 'Use',
  numbers: [{ label: 'Ground covered', sum: get => Number(get('area_m2') ?? 0), format: squareMetres }],
  label: { minZoom: 16.2, of: get => get('name'), rank: get => Number(get('area_m2')) },
  paint: () => ({
    filled: true,
    stroked: false,
    extruded: true,
    getElevation: heightOf,
    getFillColor: colorBy(uses),
    material: { ambient: 0.5, diffuse: 0.55, shininess: 20, specularColor: [25, 30, 36] },
  }),
  muted: { filled: true, stroked: false, getFillColor: rgb('#1e2a38') },
};
