// What an operator has around the platform: a proxy, the only way out (port 3128); behind it a collector of telemetry and a provider of
// OpenID Connect at https://idp.example. Each request through it is one line of standard output.
//
//   node theirs.mjs FOLDER      FOLDER: holds idp.crt and idp.key

import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';

const folder = process.argv[2];
const say = line => fs.writeSync(1, line + '\n');

const provider = https.createServer({cert: fs.readFileSync(`${folder}/idp.crt`), key: fs.readFileSync(`${folder}/idp.key`)}, (request, response) => {
  say(`provider ${request.method} ${request.url}`);
  response.setHeader('content-type', 'application/json');
  const issuer = 'https://idp.example';
  response.end(JSON.stringify(request.url === '/.well-known/openid-configuration'
    ? {issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/keys`}
    : {keys: []}));
});

const proxy = http.createServer((request, response) => {
  const body = [];
  request.on('data', part => body.push(part));
  request.on('end', () => {
    // Telemetry tells which program it is of: the name stands in it as text.
    const service = /CartoPlatform\.([A-Za-z]+)/.exec(Buffer.concat(body).toString('latin1'))?.[1] ?? '-';
    say(`proxy ${request.method} ${request.url} ${service}`);
    response.setHeader('content-type', 'application/x-protobuf');
    response.end();
  });
});
proxy.on('connect', (request, socket) => {
  say(`proxy CONNECT ${request.url}`);
  socket.on('error', () => {});
  if (request.url !== 'idp.example:443') return socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
  provider.emit('connection', socket);
});
proxy.listen(3128, () => say('listening'));
