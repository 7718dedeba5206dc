// Watches what the client libraries send and get, without changing it.

/** Runs `use` and returns its result with the requests made meanwhile: `{url, init, response}` in their order. */
export async function recording(use) {
  const original = globalThis.fetch;
  const calls = [];
  globalThis.fetch = async (url, init) => {
    const call = {url: String(url), init: init ?? {}};
    calls.push(call);
    const response = await original(url, init);
    call.response = response.clone();
    return response;
  };
  try {
    return {result: await use(), calls};
  } finally {
    globalThis.fetch = original;
  }
}
