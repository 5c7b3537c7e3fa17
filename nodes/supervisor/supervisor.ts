import type { NodeReport } from '../../core/supervision/WatchedNode.ts';
import { Supervisor, type SupervisorAction } from '../../core/supervision/Supervisor.ts';
import type { Diagnostic } from '../shared/DiagnosticsPublisher.ts';
import type { ManagedNode } from '../shared/ManagedNode.ts';
import { heartbeatFromMessage } from '../shared/messages/heartbeat.ts';
import { reliable } from '../shared/qos.ts';
import type { NodeBehaviour, NodeDefinition, NodeParameters } from '../shared/runNode.ts';
import { LocalProcesses } from './LocalProcesses.ts';
import { supervisorParameters } from './parameters.ts';

type Parameters = typeof supervisorParameters;

const CHECK_PERIOD_SEC = 0.05;

const LEVELS = {
  starting: 'warn',
  overdue: 'error',
  alive: 'ok',
  silent: 'error',
  left: 'ok',
  given_up: 'error',
} as const;

/** Heartbeats of the nodes → an end for those that hang, and a stop of the arm where that is no use. */
export const supervisor: NodeDefinition<Parameters> = {
  name: 'supervisor',
  parameters: supervisorParameters,
  create,
};

function create(node: ManagedNode, parameters: NodeParameters<Parameters>): Promise<NodeBehaviour> {
  const config = parameters.current();
  const namespace = node.namespace() === '/' ? '' : node.namespace();
  const expected = config.nodes.map((name) =>
    name.startsWith('/') ? name : `${namespace}/${name}`,
  );
  const policy = {
    missedBeats: config.missedBeats,
    startSec: config.startTime,
    maxRestarts: config.maxRestarts,
    windowSec: config.window,
  };
  const begin = () => new Supervisor(policy, expected, steadySec());
  let core = begin();
  const processes = new LocalProcesses();
  const halts = node.advertise('std_msgs/msg/String', 'halt', reliable());

  node.listenRaw('st4vla_ros/msg/Heartbeat', 'heartbeat', reliable(100), (message) => {
    const heartbeat = heartbeatFromMessage(message);
    if (heartbeat.node === node.fullName) return;
    processes.see(heartbeat);
    core.beat(heartbeat, steadySec());
  });
  const act = ({ kind, host, pid, reason }: SupervisorAction) => {
    if (kind === 'give_up') {
      halts.publish({ data: `by the supervisor: ${reason}` });
      node.getLogger().error(`${reason}: it is given up, and the arm is stopped`);
    } else {
      const outcome = config.restart ? processes.kill(host, pid) : 'it is left as it is';
      node.getLogger().error(`${reason}: ${outcome}`);
    }
  };
  const check = () => {
    for (const action of core.check(steadySec())) act(action);
  };
  node.every(CHECK_PERIOD_SEC, 'check', check, 'steady');

  return Promise.resolve({
    activate: () => {
      core = begin();
    },
    diagnostics: () => [...core.reports(steadySec())].map(([name, one]) => diagnostic(name, one)),
  });
}

function diagnostic(name: string, report: NodeReport): Diagnostic {
  const { state, host, pid, restarts, silentSec } = report;
  return {
    part: name,
    level: LEVELS[state],
    message: state === 'alive' ? '' : `${state.replace('_', ' ')} for ${silentSec.toFixed(1)} s`,
    values: { state, pid, host: host.split(' ')[0] ?? '', restarts },
  };
}

function steadySec(): number {
  return performance.now() / 1000;
}
