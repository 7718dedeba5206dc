// Which of some ports answer: tries to connect to each, and prints those that let it as HOST:PORT lines. To be run inside the network
// namespace that is to be looked out of.
//
//   node scan.mjs HOST:PORTS…       PORTS: a number, FROM-TO, or several of them with commas

import net from 'node:net';

// What a firewall drops answers never: that is told by time alone.
const silence = 1500;
const sideBySide = 1500;

function* targets() {
  for (const argument of process.argv.slice(2)) {
    const cut = argument.lastIndexOf(':');
    const host = argument.slice(0, cut);
    for (const part of argument.slice(cut + 1).split(',')) {
      const [from, to = from] = part.split('-').map(Number);
      for (let port = from; port <= to; port++) yield {host, port};
    }
  }
}

function answers({host, port}) {
  return new Promise(resolve => {
    const socket = net.connect({host, port});
    const end = open => {
      socket.destroy();
      resolve(open);
    };
    socket.setTimeout(silence, () => end(false));
    socket.on('connect', () => end(true));
    socket.on('error', () => end(false));
  });
}

const all = targets();
async function worker() {
  // A socket that happens to be given the very port it connects to would answer itself: nobody scans himself here.
  for (const target of all) if (await answers(target)) console.log(`${target.host}:${target.port}`);
}

await Promise.all(Array.from({length: sideBySide}, worker));
