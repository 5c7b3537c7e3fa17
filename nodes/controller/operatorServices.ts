import type { Controller } from '../../core/control/Controller.ts';
import type { ManagedNode } from '../shared/ManagedNode.ts';
import type { ArmStop } from './ArmStop.ts';

const TEXT = 'std_msgs/msg/String';

/**
 * Those who stop the arm and let it go on: an operator by services, and whoever watches over it (a
 * supervisor, a safety relay) by the topic `halt`, which carries the reason.
 */
export function serveOperator(node: ManagedNode, armStop: ArmStop, core: () => Controller): void {
  const stop = (reason: string) => {
    armStop.stop(reason);
    core().stop(reason);
  };
  // Whoever wants the arm to stop is heard, however he says it.
  node.listenToAll(TEXT, 'halt', ({ data }) => stop(data || 'halted'), { whileInactive: true });
  serveTrigger(node, '~/stop', () => {
    stop('by the operator');
    return `stopped until ~/resume, epoch ${core().epoch}`;
  });
  serveTrigger(node, '~/resume', () => {
    armStop.resume();
    core().resume();
    return `resumed, epoch ${core().epoch}`;
  });
  serveTrigger(node, '~/reset', () => {
    core().reset();
    const stopped = armStop.reason === undefined ? '' : ', still stopped';
    return `reset${stopped}, epoch ${core().epoch}`;
  });
}

/**
 * What the arm's driver says is wrong with it, as text on the topic `driver_fault`; empty: nothing.
 * @returns a function that tells a new controller what was said last
 */
export function listenToDriver(node: ManagedNode, core: () => Controller): () => void {
  let fault: string | undefined;
  const tell = () => core().driverFault(fault);
  const take = (text: string) => {
    fault = text === '' ? undefined : `driver: ${text}`;
    tell();
  };
  node.listenToAll(TEXT, 'driver_fault', ({ data }) => take(data), { whileInactive: true });
  return tell;
}

function serveTrigger(node: ManagedNode, name: string, act: () => string): void {
  node.serve(
    'std_srvs/srv/Trigger',
    name,
    () => ({ success: true, message: act() }),
    (message) => ({ success: false, message }),
  );
}
