import { FaultError } from '../../core/config/Fault.ts';
import type { Config } from '../../core/config/ParameterTable.ts';
import type { NodeReport } from '../../core/supervision/NodeReport.ts';
import {
  type OtherNames,
  Supervisor,
  type SupervisorAction,
  type WatchedNames,
} from '../../core/supervision/Supervisor.ts';
import type { Diagnostic } from '../shared/diagnostics/DiagnosticsPublisher.ts';
import type { ManagedNode } from '../shared/node/ManagedNode.ts';
import { HeartbeatReader } from '../../adapters/messages/heartbeat.ts';
import { reliable } from '../shared/node/qos.ts';
import type { NodeBehaviour, NodeDefinition, NodeParameters } from '../shared/node/runNode.ts';
import { LocalProcesses } from './LocalProcesses.ts';
import { supervisorParameters } from './parameters.ts';

type Parameters = typeof supervisorParameters;

const CHECK_PERIOD_SEC = 0.05;

const LEVELS = {
  absent: 'ok',
  starting: 'warn',
  overdue: 'error',
  alive: 'ok',
  silent: 'error',
  ended: 'error',
  left: 'ok',
  given_up: 'error',
} as const;

/** Heartbeats of the nodes → kills those that hang, and stops the arm when that does not help. */
export const supervisor: NodeDefinition<Parameters> = {
  name: 'supervisor',
  parameters: supervisorParameters,
  create,
};

function create(node: ManagedNode, parameters: NodeParameters<Parameters>): Promise<NodeBehaviour> {
  const config = parameters.current();
  const names = watchedNames(node, config);
  const policy = {
    periodSec: config.heartbeatPeriod,
    missedBeats: config.missedBeats,
    startSec: config.startTime,
    maxRestarts: config.maxRestarts,
    windowSec: config.window,
  };
  const processes = new LocalProcesses();
  const begin = () => new Supervisor(policy, names, { witness: processes, nowSec: steadySec() });
  let core = begin();
  const heartbeats = new HeartbeatReader();
  let unreadable = 0;
  const halts = node.advertise('std_msgs/msg/String', 'halt', reliable());

  node.listenBytes('st4vla_ros/msg/Heartbeat', 'heartbeat', reliable(100), (bytes) => {
    const heartbeat = heartbeats.read(bytes);
    if (heartbeat === undefined) unreadable++;
    else if (heartbeat.node !== node.fullName) core.beat(heartbeat, steadySec());
  });
  const act = (action: SupervisorAction) => {
    const { reason } = action;
    if (action.kind === 'give_up') {
      halts.publish({ data: `by the supervisor: ${reason}` });
      node.getLogger().error(`${reason}: it is given up, and the arm is stopped`);
    } else if (action.kind === 'kill') {
      const outcome = config.restart ? processes.end(action.process) : 'it is left as it is';
      node.getLogger().error(`${reason}: ${outcome}`);
    } else node.getLogger().error(reason);
  };
  const check = () => {
    for (const action of core.check(steadySec())) act(action);
  };
  node.every(CHECK_PERIOD_SEC, 'check', check, 'steady');

  return Promise.resolve({
    activate: () => {
      core = begin();
    },
    diagnostics: () => [
      ...[...core.reports(steadySec())].map(([name, report]) => diagnostic(name, report)),
      diagnosticOfOthers(core.others, unreadable),
    ],
  });
}

/** @throws FaultError if the supervisor is to watch itself, or one node is named twice */
function watchedNames(node: ManagedNode, config: Config<Parameters>): WatchedNames {
  const namespace = node.namespace() === '/' ? '' : node.namespace();
  const fullNames = (names: readonly string[]) =>
    names.map((name) => (name.startsWith('/') ? name : `${namespace}/${name}`));
  const expected = fullNames(config.nodes);
  const optional = fullNames(config.optionalNodes).filter((name) => !expected.includes(name));
  if ([...expected, ...optional].includes(node.fullName)) {
    const source = `parameters of ${node.fullName}`;
    const wanted = 'other nodes than the supervisor itself';
    const fault = { source, field: 'nodes', expected: wanted, found: node.fullName };
    throw new FaultError(node.fullName, [fault]);
  }
  return { expected, optional };
}

function diagnostic(name: string, report: NodeReport): Diagnostic {
  const { state, host, pid, isProven, restarts, silentSec, refused, contradiction } = report;
  const inState = `${state.replace('_', ' ')} for ${silentSec.toFixed(1)} s`;
  const isGood = state === 'alive' || state === 'absent';
  const messages = [...(isGood ? [] : [inState]), ...(contradiction ? [contradiction] : [])];
  return {
    part: name,
    level: contradiction === undefined ? LEVELS[state] : 'error',
    message: messages.join('; '),
    values: {
      state,
      pid,
      host: host.split(' ')[0] ?? '',
      of_this_launch: isProven,
      restarts,
      refused_heartbeats: refused,
    },
  };
}

/** Names that are not watched: nothing is kept of them but how many heartbeats came. */
function diagnosticOfOthers({ beats, lastName }: OtherNames, unreadable: number): Diagnostic {
  return {
    part: 'others',
    level: unreadable > 0 ? 'warn' : 'ok',
    message: beats === 0 ? '' : 'heartbeats of nodes that are neither in nodes nor optional_nodes',
    values: { heartbeats: beats, last_name: lastName, unreadable },
  };
}

function steadySec(): number {
  return performance.now() / 1000;
}
