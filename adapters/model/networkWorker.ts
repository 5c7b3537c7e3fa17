/** The worker thread that owns one half of a model; `NetworkThread` is its other end. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { LocalNetwork } from './LocalNetwork.ts';
import type { HalfName, NetworkSetup } from './NetworkSetup.ts';
import type { ThreadReply, ThreadRequest } from './NetworkThread.ts';

async function serve(port: MessagePort, setup: NetworkSetup): Promise<void> {
  const reply = (message: ThreadReply) => port.postMessage(message);
  let network: LocalNetwork<HalfName>;
  try {
    network = await LocalNetwork.open(setup);
  } catch (error) {
    reply({ type: 'failed', reason: reasonOf(error) });
    port.close();
    return;
  }
  port.on('message', (request: ThreadRequest) => {
    if (request.type === 'close') {
      void network.close().finally(() => port.close());
      return;
    }
    const { id, input } = request;
    network.forward(input).then(
      (output) => reply({ type: 'done', id, output }),
      (error: unknown) => reply({ type: 'error', id, reason: reasonOf(error) }),
    );
  });
  reply({ type: 'ready', signatures: network.signatures });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

if (!parentPort) throw new Error('networkWorker runs in a worker thread only');
await serve(parentPort, workerData as NetworkSetup);
