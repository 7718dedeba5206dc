const LOCALE = 'en';

const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumSignificantDigits: 3 });
const short = number => Math.abs(number) < 10_000 ? whole.format(number) : compact.format(number);

export const count = number => whole.format(number);
export const decimal = number => fine.format(number);
export const people = short;
export const kilometres = number => `${short(number)} km`;
export const squareKilometres = number => `${short(number)} km²`;
export const squareMetres = number => number < 1e5 ? `${short(number)} m²` : `${fine.format(number / 1e6)} km²`;
export const bytes = number => number < 1e6 ? `${whole.format(number / 1e3)} kB` : `${fine.format(number / 1e6)} MB`;
