// OAuth as a client nobody here wrote speaks it (oauth4webapi checks every answer against the standards), and its tokens in the map library.
import {after, before, suite, test} from 'node:test';
import assert from 'node:assert/strict';
import * as oauth from 'oauth4webapi';
import {query, vectorTableSource} from '@carto/api-client';
import {baseUrl, clientOptions, connection, request} from '../lib/platform.js';

const insecure = {[oauth.allowInsecureRequests]: true};
const redirectUri = 'https://app.example/back';
const password = 'correct horse battery';
const made = [];

async function api(method, path, body) {
  const response = await request(path, {method, body: body && JSON.stringify(body), headers: {'Content-Type': 'application/json'}});
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
  return text ? JSON.parse(text) : null;
}

async function makeClient(members) {
  const client = await api('POST', '/v3/oauth-clients', {name: `suite ${process.pid}`, ...members});
  made.push(`/v3/oauth-clients/${client.client_id}`);
  return client;
}

async function machineToken(server, {client_id, client_secret}, authentication = oauth.ClientSecretBasic, parameters = {}) {
  const response = await oauth.clientCredentialsGrantRequest(server, {client_id}, authentication(client_secret), parameters, insecure);
  return oauth.processClientCredentialsResponse(server, {client_id}, response);
}

/** Map, tile, widget and query with the token. */
async function readAll(accessToken) {
  const options = clientOptions({accessToken});
  const source = await vectorTableSource({...options, tableName: 'demo.airports'});
  const tile = await fetch(source.tiles[0].replace('{z}', 0).replace('{x}', 0).replace('{y}', 0), {headers: {Authorization: `Bearer ${accessToken}`}});
  assert.equal(tile.status, 200);
  assert.ok((await source.widgetSource.getFormula({column: 'id', operation: 'count'})).value > 0);
}

/** The browser of a user who signs in: from the application to the platform and back. */
async function authorize(server, {client_id}, cookie, parameters) {
  const url = new URL(server.authorization_endpoint);
  for (const [name, value] of Object.entries({client_id, redirect_uri: redirectUri, response_type: 'code', code_challenge_method: 'S256', ...parameters})) url.searchParams.set(name, value);
  const response = await fetch(url, {redirect: 'manual', headers: {Cookie: cookie}});
  assert.equal(response.status, 302, await response.text());
  return new URL(response.headers.get('location'));
}

suite('oauth', () => {
  let server;
  let machine;

  before(async () => {
    const issuer = new URL(baseUrl);
    server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, {...insecure, algorithm: 'oauth2'}));
    machine = await makeClient({grants: [{connection_name: connection, source: 'demo.airports'}, {connection_name: connection, source: 'SELECT 7 AS seven'}]});
  });
  after(() => Promise.all(made.map((path) => request(path, {method: 'DELETE'}))));

  test('A machine reads what it was granted, and no more, out of a warm cache too', async () => {
    const {access_token: accessToken, expires_in: lifetime} = await machineToken(server, machine);
    assert.equal(lifetime, 3600);
    await readAll(accessToken);
    assert.deepEqual((await query({...clientOptions({accessToken}), sqlQuery: 'SELECT 7 AS seven'})).rows, [{seven: 7}]);
    await query({...clientOptions(), sqlQuery: 'SELECT 8 AS eight'});
    await assert.rejects(query({...clientOptions({accessToken}), sqlQuery: 'SELECT 8 AS eight'}), /Unauthorized access \(403\): You don't have permissions to read this resource/);
    await vectorTableSource({...clientOptions(), tableName: 'demo.populated_places'});
    await assert.rejects(vectorTableSource({...clientOptions({accessToken}), tableName: 'demo.populated_places'}), /403/);
  });

  test('Both ways to say the secret work, and a wrong one is invalid_client', async () => {
    assert.ok((await machineToken(server, machine, oauth.ClientSecretPost)).access_token);
    await assert.rejects(machineToken(server, {...machine, client_secret: 'wrong'}), (error) => error.code === 'OAUTH_WWW_AUTHENTICATE_CHALLENGE' || error.error === 'invalid_client');
    await assert.rejects(machineToken(server, machine, oauth.ClientSecretBasic, {scope: 'write:accounts'}), (error) => error.error === 'invalid_scope');
  });

  test('A resource server of somebody else verifies the token with the published keys', async () => {
    const {access_token: accessToken} = await machineToken(server, machine);
    const asked = new Request('https://resource.example/', {headers: {Authorization: `Bearer ${accessToken}`}});
    const claims = await oauth.validateJwtAccessToken(server, asked, 'carto-cloud-native-api', {...insecure, signingAlgorithms: ['RS256']});
    assert.equal(claims.client_id, machine.client_id);
  });

  test('A deleted client is refused everywhere from the answer on', async () => {
    const client = await makeClient({grants: [{connection_name: connection}]});
    const {access_token: accessToken} = await machineToken(server, client);
    await readAll(accessToken);
    await api('DELETE', `/v3/oauth-clients/${client.client_id}`);
    await assert.rejects(vectorTableSource({...clientOptions({accessToken}), tableName: 'demo.airports'}), /Unauthorized access \(401\): Invalid token/);
    await assert.rejects(query({...clientOptions({accessToken}), sqlQuery: 'SELECT 7 AS seven'}), /Unauthorized access \(401\): Invalid token/);
  });

  test('A single-page application: code with PKCE, tokens, refresh, revocation', async () => {
    const email = `oauth-${process.pid}-${Date.now()}@example.org`;
    const user = await api('POST', '/v3/users', {email, role: 'Editor', password});
    made.push(`/v3/users/${user.id}`);
    const app = await makeClient({kind: 'spa', redirect_uris: [redirectUri]});
    const client = {client_id: app.client_id, token_endpoint_auth_method: 'none'};
    const signedIn = await fetch(new URL('/v3/accounts/sign-in', baseUrl), {
      method: 'POST', body: JSON.stringify({email, password}), headers: {'Content-Type': 'application/json', Origin: new URL(baseUrl).origin}
    });
    const cookie = signedIn.headers.get('set-cookie').split(';')[0];
    const [verifier, state, nonce] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState(), oauth.generateRandomNonce()];

    const back = await authorize(server, app, cookie, {code_challenge: await oauth.calculatePKCECodeChallenge(verifier), state, nonce, scope: 'openid email read:maps'});
    const answer = oauth.validateAuthResponse(server, client, back, state);
    const response = await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), answer, redirectUri, verifier, insecure);
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {expectedNonce: nonce, requireIdToken: true});
    await oauth.validateApplicationLevelSignature(server, response, insecure);
    assert.equal(oauth.getValidatedIdTokenClaims(tokens).email, email);
    await readAll(tokens.access_token);
    const info = await oauth.processUserInfoResponse(server, client, user.id, await oauth.userInfoRequest(server, client, tokens.access_token, insecure));
    assert.equal(info.email, email);

    const replay = await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), answer, redirectUri, oauth.generateRandomCodeVerifier(), insecure);
    await assert.rejects(oauth.processAuthorizationCodeResponse(server, client, replay), (error) => error.error === 'invalid_grant');
    await assert.rejects(vectorTableSource({...clientOptions({accessToken: tokens.access_token}), tableName: 'demo.airports'}), /401/);

    const again = await authorize(server, app, cookie, {code_challenge: await oauth.calculatePKCECodeChallenge(verifier), state});
    const second = await oauth.processAuthorizationCodeResponse(
      server, client, await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), oauth.validateAuthResponse(server, client, again, state), redirectUri, verifier, insecure));
    const refreshed = await oauth.processRefreshTokenResponse(
      server, client, await oauth.refreshTokenGrantRequest(server, client, oauth.None(), second.refresh_token, insecure));
    await readAll(refreshed.access_token);
    await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, oauth.None(), refreshed.refresh_token, insecure));
    await assert.rejects(vectorTableSource({...clientOptions({accessToken: refreshed.access_token}), tableName: 'demo.airports'}), /Unauthorized access \(401\): Invalid token/);
  });
});
