// Users of the platform, made for a test and deleted after it, and what their browsers send.
import assert from 'node:assert/strict';
import {call} from './maps.js';
import {baseUrl, request} from './platform.js';

const password = 'correct horse battery';
const made = [];

export const origin = new URL(baseUrl).origin;

/** A user who is signed in: what the API tells of him, and his cookie. */
export async function signedIn(role) {
  const email = `${crypto.randomUUID()}@example.org`;
  const user = await (await call('POST', '/v3/users', {email, password, role})).json();
  made.push(user.id);
  const answer = await fetch(new URL('/v3/accounts/sign-in', baseUrl), {
    method: 'POST', headers: {'Content-Type': 'application/json', Origin: origin}, body: JSON.stringify({email, password})
  });
  assert.equal(answer.status, 200, await answer.text());
  return {...user, cookie: answer.headers.getSetCookie()[0].split(';')[0]};
}

export async function deleteUsers() {
  await Promise.all(made.splice(0).map((id) => request(`/v3/users/${id}`, {method: 'DELETE'})));
}

/** Does with each request what a browser on the platform's own page does: the cookie goes along, and Origin where it is no GET. */
export async function asBrowser(cookie, use) {
  const original = globalThis.fetch;
  const asked = [];
  globalThis.fetch = (url, init = {}) => {
    asked.push(String(url));
    const headers = new Headers(init.headers);
    headers.set('Cookie', cookie);
    if (init.method && init.method !== 'GET') headers.set('Origin', origin);
    return original(new URL(String(url), baseUrl), {...init, headers});
  };
  try {
    return await use(asked);
  } finally {
    globalThis.fetch = original;
  }
}
