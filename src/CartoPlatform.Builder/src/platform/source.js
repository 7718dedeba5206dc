import { CartoAPIError, vectorTableSource } from '@carto/api-client';

/** Instantiates a map of a table and reads its TileJSON; the client library remembers both per page. */
export async function openTable(demo, table) {
  try {
    return await vectorTableSource({
      apiBaseUrl: location.origin,
      accessToken: demo.accessToken,
      connectionName: demo.connection,
      tableName: table.name,
      columns: table.columns,
    });
  } catch (error) {
    // The library's message spans many lines for developers; the platform's own text is in responseJson.
    const said = error instanceof CartoAPIError ? error.responseJson?.error : null;
    throw new Error(said ?? error.message, { cause: error });
  }
}

/** Rows of the whole table as its statistics give them, or null where they don't. */
export function rowCount(tilejson) {
  return tilejson.tilestats?.layers?.[0]?.count ?? null;
}

/** The kind of tile is announced in the template; the layer decides by the same word. */
export function isMvt(tilejson) {
  return new URL(tilejson.tiles[0]).searchParams.get('formatTiles') === 'mvt';
}
