/** The process that owns one half of a model; `NetworkProcess` is its other end. */
import type { NetworkRequest } from './networkMessages.ts';
import type { NetworkSetup } from './NetworkSetup.ts';
import { serveNetwork } from './serveNetwork.ts';

if (!process.send) throw new Error('networkChild runs as a child process only');
// A signal to the whole group is for the parent, which ends this process when it wants.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit());
process.once('message', (setup: NetworkSetup) => {
  void serveNetwork(setup, {
    reply: (message) => process.send?.(message),
    listen: (take) => void process.on('message', (request: NetworkRequest) => take(request)),
    close: () => process.disconnect(),
  });
});
