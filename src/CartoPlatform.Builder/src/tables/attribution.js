export const naturalEarth = { text: 'Natural Earth', href: 'https://www.naturalearthdata.com/' };
export const ourAirports = { text: 'OurAirports', href: 'https://ourairports.com/' };
export const geoNames = { text: '© GeoNames (CC BY 4.0)', href: 'https://www.geonames.org/' };
export const openStreetMap = {
  text: '© OpenStreetMap contributors (ODbL)',
  href: 'https://www.openstreetmap.org/copyright',
};
