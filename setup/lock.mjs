// One set-up at a time in a clone. The lock is an abstract Unix socket: the kernel gives it to one
// process and takes it back when that process ends, however it ends, so no lock is ever stale.
import crypto from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';

/**
 * Runs `work` while no other process does so for the same folder.
 * @template T
 * @param {string} root
 * @param {(holder: string) => void} onWait called once when another process holds the lock
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(root, onWait, work) {
  const digest = crypto.createHash('sha256').update(fs.realpathSync(root)).digest('hex');
  const address = `\0st4vla-setup-${digest.slice(0, 16)}`;
  let told = false;
  /** @type {Set<net.Socket>} */
  const waiting = new Set();
  let server = await tryListen(address, waiting);
  while (server === undefined) {
    await holderEnds(address, (holder) => {
      if (!told) onWait(holder);
      told = true;
    });
    server = await tryListen(address, waiting);
  }
  try {
    return await work();
  } finally {
    for (const socket of waiting) socket.destroy();
    server.close();
  }
}

/** @param {string} address @param {Set<net.Socket>} waiting @returns {Promise<net.Server | undefined>} */
function tryListen(address, waiting) {
  return new Promise((resolve, reject) => {
    const server = net.createServer((socket) => {
      waiting.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => waiting.delete(socket));
      socket.write(`process ${process.pid}`);
    });
    server.on('error', (error) => {
      if ('code' in error && error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => resolve(server));
    server.unref();
  });
}

/** @param {string} address @param {(holder: string) => void} onHolder @returns {Promise<void>} */
function holderEnds(address, onHolder) {
  return new Promise((resolve) => {
    const socket = net.connect({ path: address });
    socket.on('data', (data) => onHolder(data.toString()));
    socket.on('error', () => undefined); // it ended between our two looks
    socket.on('close', () => setTimeout(resolve, 50));
  });
}
