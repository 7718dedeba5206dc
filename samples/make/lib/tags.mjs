// Moves tags into columns. What a column cannot hold exactly stays in the tags.

export const text = (value) => value;
export const wholeNumber = (value) => (/^\d{1,4}$/.test(value) ? Number(value) : undefined);
export const oneDecimal = (value) => (/^\d{1,4}(\.\d)?$/.test(value) ? Number(value) : undefined);
export const yesOrNo = (value) => (value === 'yes' ? true : value === 'no' ? false : undefined);

// `columns` maps the name of a column to [key of the tag, reader].
export function promote(object, columns) {
  const row = { ...object, tags: { ...object.tags } };
  for (const [column, [key, read]] of Object.entries(columns)) {
    const value = Object.hasOwn(row.tags, key) ? read(row.tags[key]) : undefined;
    row[column] = value ?? null;
    if (value !== undefined) delete row.tags[key];
  }
  return row;
}
