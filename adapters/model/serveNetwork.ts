import type { NetworkReply, NetworkRequest } from './networkMessages.ts';
import { LocalNetwork } from './LocalNetwork.ts';
import type { NetworkName, NetworkSetup } from './NetworkSetup.ts';

/** The way to the user of the network. */
export type NetworkPort = {
  readonly reply: (message: NetworkReply) => void;
  readonly listen: (take: (request: NetworkRequest) => void) => void;
  readonly close: () => void;
};

/** Opens one half of a model and runs it for another thread or process until that closes it. */
export async function serveNetwork(setup: NetworkSetup, port: NetworkPort): Promise<void> {
  let network: LocalNetwork<NetworkName>;
  try {
    network = await LocalNetwork.open(setup);
  } catch (error) {
    port.reply({ type: 'failed', reason: reasonOf(error) });
    port.close();
    return;
  }
  port.listen((request) => {
    if (request.type === 'close') {
      void network.close().finally(port.close);
      return;
    }
    const { id, input } = request;
    network.forward(input).then(
      (output) => port.reply({ type: 'done', id, output }),
      (error: unknown) => port.reply({ type: 'error', id, reason: reasonOf(error) }),
    );
  });
  port.reply({ type: 'ready', info: network.info });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
