/** The worker thread that owns one half of a model; `NetworkThread` is its other end. */
import { parentPort, workerData } from 'node:worker_threads';
import type { NetworkSetup } from './NetworkSetup.ts';
import { serveNetwork } from './serveNetwork.ts';

const port = parentPort;
if (!port) throw new Error('networkWorker runs in a worker thread only');
await serveNetwork(workerData as NetworkSetup, {
  reply: (message) => port.postMessage(message),
  listen: (take) => void port.on('message', take),
  close: () => port.close(),
});
