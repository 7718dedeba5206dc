// The platform under test, as the environment names it.
import {request as plainRequest} from 'node:http';
import {request as tlsRequest} from 'node:https';
import assert from 'node:assert/strict';

function required(name) {
  const value = process.env[name];
  assert.ok(value, `${name} is not set; run.sh tells where to take it from`);
  return value;
}

export const baseUrl = required('CARTO_BASE_URL').replace(/\/+$/, '');

/** Requests as they are on the wire, without what fetch does of itself. */
export const rawRequest = baseUrl.startsWith('https:') ? tlsRequest : plainRequest;
export const token = required('CARTO_TOKEN');
export const connection = required('CARTO_CONNECTION');
export const postgres = required('CARTO_POSTGRES');

/** What every function of @carto/api-client takes; without its in-memory cache, so that each call is a request. */
export function clientOptions(overrides = {}) {
  return {
    apiBaseUrl: baseUrl,
    accessToken: token,
    connectionName: connection,
    localCache: {cacheControl: ['no-cache', 'no-store']},
    ...overrides
  };
}

/** A request with the token, as no client function would make it. */
export function request(path, {headers = {}, ...options} = {}) {
  return fetch(new URL(path, `${baseUrl}/`), {
    ...options,
    headers: {Authorization: `Bearer ${token}`, ...headers}
  });
}

/** The path of an API of the default connection: `maps`, `sql` or `stats`. */
export const apiPath = (api, rest) => `/v3/${api}/${connection}/${rest}`;

export const queryString = (parameters) => new URLSearchParams(parameters).toString();
