const icon = paths => `<svg viewBox="0 0 20 20" aria-hidden="true">${paths}</svg>`;

export const icons = {
  populated_places: icon('<circle cx="6.5" cy="12" r="4" />' +
    '<circle cx="14" cy="6" r="2.5" /><circle cx="15.5" cy="14.5" r="1.5" />'),
  airports: icon('<path d="M10 2.5c.8 0 1.2.9 1.2 2v3.6l6 3.6v1.6l-6-1.9v3.4l1.8 1.4v1.2L10 16.6' +
    'l-3 .8v-1.2l1.8-1.4v-3.4l-6 1.9v-1.6l6-3.6V4.5c0-1.1.4-2 1.2-2z" />'),
  countries: icon('<circle cx="10" cy="10" r="7.2" />' +
    '<path d="M2.8 10h14.4M10 2.8c2.4 2.2 3.4 4.6 3.4 7.2s-1 5-3.4 7.2c-2.4-2.2-3.4-4.6-3.4-7.2s1-5 3.4-7.2z" />'),
  streets: icon('<path d="M6.5 3 3.5 17M13.5 3l3 14M10 3.5v2.4M10 8.7v2.6M10 14.1v2.4" />'),
  buildings: icon('<path d="M3.5 17V7.5L9.5 4v13M9.5 17h7V9.5l-7-2M2.5 17h15M6.5 9.5v.1M6.5 13v.1M13 12v.1" />'),
  places: icon('<path d="M10 17.5c3.6-4 5.4-6.9 5.4-9.3A5.4 5.4 0 0 0 4.6 8.2c0 2.4 1.8 5.3 5.4 9.3z" />' +
    '<circle cx="10" cy="8" r="1.9" />'),
};
