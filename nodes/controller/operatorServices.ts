import type { Controller } from '../../core/control/Controller.ts';
import { boundText } from '../../core/text/boundText.ts';
import type { ManagedNode } from '../shared/node/ManagedNode.ts';
import type { ArmMemory } from './ArmMemory.ts';

const TEXT = 'std_msgs/msg/String';

/**
 * Serves the operator, who stops, resumes and resets the arm by services, and listens to `halt`, by which a
 * supervisor or a safety relay stops it; the message is the reason. An answer also says if the stop could
 * not be written down for the next process.
 */
export function serveOperator(node: ManagedNode, memory: ArmMemory, core: () => Controller): void {
  const stop = (reason: string) => {
    core().stop(reason);
    memory.stop(reason);
  };
  const withMemory = async (answer: string): Promise<string> => {
    const fault = await memory.saved();
    return fault === undefined ? answer : `${answer}; not remembered: ${fault}`;
  };
  // A stop counts with any QoS and any text.
  const halt = ({ data }: { readonly data: string }) => stop(boundText(data) || 'halted');
  node.listenToAll(TEXT, 'halt', halt, { whileInactive: true });
  serveTrigger(node, '~/stop', () => {
    stop('by the operator');
    return withMemory(`stopped until ~/resume, epoch ${core().epoch}`);
  });
  serveTrigger(node, '~/resume', () => {
    memory.resume();
    core().resume();
    return withMemory(`resumed, epoch ${core().epoch}`);
  });
  serveTrigger(node, '~/reset', () => {
    core().reset();
    const isStopped = memory.stopReason !== undefined || memory.faultReason !== undefined;
    return `reset${isStopped ? ', still stopped' : ''}, epoch ${core().epoch}`;
  });
}

/**
 * Passes on what the arm's driver publishes as its fault: text on the topic `driver_fault`, which is empty
 * if the driver is well.
 */
export function listenToDriver(node: ManagedNode, take: (fault: string | undefined) => void): void {
  const receive = ({ data }: { readonly data: string }) =>
    take(data === '' ? undefined : `driver: ${boundText(data)}`);
  node.listenToAll(TEXT, 'driver_fault', receive, { whileInactive: true });
}

function serveTrigger(node: ManagedNode, name: string, act: () => string | Promise<string>): void {
  node.serve(
    'std_srvs/srv/Trigger',
    name,
    () => {
      const answer = act();
      if (typeof answer === 'string') return { success: true, message: answer };
      return answer.then((message) => ({ success: true, message }));
    },
    (message) => ({ success: false, message }),
  );
}
