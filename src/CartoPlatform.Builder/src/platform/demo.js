/**
 * The connection and the token with which this page may read the sample tables, and nothing else.
 * Null where the platform runs without sample data.
 * @returns {Promise<{accessToken: string, connection: string} | null>}
 */
export async function readDemo() {
  const response = await fetch('demo/config.json', { headers: { Accept: 'application/json' } });
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(await errorText(response));
  return response.json();
}

/** What the platform says went wrong: the text under `error` in its answer, else the status. */
export async function errorText(response) {
  try {
    const { error } = await response.json();
    if (typeof error === 'string' && error) return error;
  } catch {
    // Not the platform's own answer: a proxy in between, say.
  }
  return `The server answered ${response.status} ${response.statusText}`.trim();
}
