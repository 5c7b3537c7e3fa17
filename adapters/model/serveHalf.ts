import type { HalfReply, HalfRequest } from './halfMessages.ts';
import { LocalNetwork } from './LocalNetwork.ts';
import type { HalfName, NetworkSetup } from './NetworkSetup.ts';

/** The way to whoever uses the half. */
export type HalfPort = {
  readonly reply: (message: HalfReply) => void;
  readonly listen: (take: (request: HalfRequest) => void) => void;
  readonly close: () => void;
};

/** Opens one half of a model and runs it for another thread or process until that closes it. */
export async function serveHalf(setup: NetworkSetup, port: HalfPort): Promise<void> {
  let network: LocalNetwork<HalfName>;
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
