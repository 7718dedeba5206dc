// A single-page application on an origin of its own: its user signs in on the platform's page, and it reads the platform's data with his token.
import { after, before, suite, test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { PATIENCE, baseUrl, useBrowser } from '../lib/browser.js';

const password = 'correct horse battery';

/** The application: authorization code with PKCE, as short as it can be written. */
const application = (clientId) => `<!doctype html><title>App</title><pre id="out"></pre><script type="module">
const base = ${JSON.stringify(baseUrl)}, client_id = ${JSON.stringify(clientId)}, redirect_uri = location.origin + '/';
const encode = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const code = new URLSearchParams(location.search).get('code');
if (!code) {
  const verifier = encode(crypto.getRandomValues(new Uint8Array(32)));
  sessionStorage.setItem('verifier', verifier);
  const challenge = encode(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier)));
  location.assign(base + '/oauth/authorize?' + new URLSearchParams({response_type: 'code', client_id, redirect_uri, scope: 'openid email', code_challenge: challenge, code_challenge_method: 'S256'}));
} else {
  const form = new URLSearchParams({grant_type: 'authorization_code', client_id, code, redirect_uri, code_verifier: sessionStorage.getItem('verifier')});
  const tokens = await (await fetch(base + '/oauth/token', {method: 'POST', body: form})).json();
  const answer = await fetch(base + '/v3/sql/carto_dw/query?q=SELECT%20count(*)%20AS%20airports%20FROM%20demo.airports', {headers: {Authorization: 'Bearer ' + tokens.access_token}});
  document.getElementById('out').textContent = JSON.stringify({error: tokens.error, status: answer.status, body: await answer.json()});
}
</script>`;

async function api(method, path, body) {
  const response = await fetch(new URL(path, baseUrl), {
    method, body: body && JSON.stringify(body), headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${process.env.CARTO_TOKEN}` },
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
  return text ? JSON.parse(text) : null;
}

suite('oauth', () => {
  const open = useBrowser();
  const email = `browser-${process.pid}-${Date.now()}@example.org`;
  let server;
  let page;
  let clientId;
  let userId;

  before(async () => {
    server = createServer((request, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end(application(clientId))).listen(0, '127.0.0.1');
    await new Promise(listening => server.once('listening', listening));
    page = `http://127.0.0.1:${server.address().port}/`;
    userId = (await api('POST', '/v3/users', { email, role: 'Editor', password })).id;
    clientId = (await api('POST', '/v3/oauth-clients', { name: 'browser suite', kind: 'spa', redirect_uris: [page] })).client_id;
  });
  after(async () => {
    server.close();
    await api('DELETE', `/v3/oauth-clients/${clientId}`);
    await api('DELETE', `/v3/users/${userId}`);
  });

  test('The user signs in on the platform, comes back, and the application reads with his token', async t => {
    const context = await open.browser().newContext();
    t.after(() => context.close());
    const tab = await context.newPage();
    tab.setDefaultTimeout(PATIENCE);

    await tab.goto(page);
    await tab.waitForURL(url => url.pathname === '/sign-in');
    await tab.fill('#email', email);
    await tab.fill('#password', password);
    await tab.press('#password', 'Enter');
    await tab.waitForFunction(() => document.getElementById('out')?.textContent);

    const { status, body } = JSON.parse(await tab.textContent('#out'));
    assert.equal(status, 200);
    assert.ok(body.rows[0].airports > 0);
    assert.ok(tab.url().startsWith(page), tab.url());

    // Who is signed in already is not asked again.
    await tab.goto(page);
    await tab.waitForFunction(() => document.getElementById('out')?.textContent);
    assert.equal(JSON.parse(await tab.textContent('#out')).status, 200);
  });
});
