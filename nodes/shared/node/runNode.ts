import '../process/requireRos.ts';
import rclnodejs, { type lifecycle } from 'rclnodejs';
import { FaultError } from '../../../core/config/Fault.ts';
import type { Config, ParameterTable } from '../../../core/config/ParameterTable.ts';
import { printableLines } from '../../../core/text/printable.ts';
import { ConnectionReport } from '../graph/ConnectionReport.ts';
import { type Diagnostic, DiagnosticsPublisher } from '../diagnostics/DiagnosticsPublisher.ts';
import { HeartbeatSender } from './HeartbeatSender.ts';
import { ManagedNode } from './ManagedNode.ts';
import { NameWatch } from '../graph/NameWatch.ts';
import { commonParameters } from '../parameters/commonParameters.ts';
import { declareParameters } from '../parameters/declareParameters.ts';
import { watchLauncher } from '../process/launcher.ts';
import { initRos, refusalAsFault } from '../process/initRos.ts';
import { EXIT_REFUSED, waitAfterRefusal, waitsAfterRefusal } from '../process/refusal.ts';
import { graphOf } from '../graph/graph.ts';
import { sharedMemoryFaults } from '../process/sharedMemory.ts';

/** What a node does, apart from being a node. Transitions are synchronous, as rclnodejs wants it. */
export type NodeBehaviour = {
  /** Starts from nothing: on every way from unconfigured to inactive. */
  configure?(): void;
  activate?(): void;
  deactivate?(): void;
  /**
   * Takes leave of others while ROS still runs: on the way to unconfigured, and at the end of the
   * process unless that came first.
   */
  cleanup?(): void | Promise<void>;
  diagnostics(): readonly Diagnostic[];
  /**
   * Lets go of workers and the like at the end of the process.
   * @param wasAskedTo end; else something went wrong
   */
  close?(wasAskedTo: boolean): void | Promise<void>;
};

export type NodeParameters<T extends ParameterTable> = {
  /** As they are now. */
  readonly current: () => Config<T>;
  onChange(react: () => void): void;
};

export type NodeDefinition<T extends ParameterTable> = {
  readonly name: string;
  readonly parameters: T;
  /**
   * Values of parameters that a file decides on where they were left open; they then read so.
   * @param fullName the node's
   * @throws FaultError where that file is wrong
   */
  resolve?(config: Config<T>, fullName: string): Promise<Readonly<Record<string, unknown>>>;
  /**
   * Makes all entities and does what takes long (loading a model): requests of a lifecycle manager
   * wait until it is done.
   * @throws FaultError where the configuration or a file that it names is wrong
   */
  create(node: ManagedNode, parameters: NodeParameters<T>): Promise<NodeBehaviour>;
  /** Called when the configuration, or a file that it names, was refused, before the process ends. */
  refused?(node: ManagedNode): void;
};

const EXIT_OK = 0;
const EXIT_CRASH = 1;

/** How long the end may wait for work in flight; what is not done by then is left. */
const CLOSE_LIMIT_MS = 850;
/** How often the graph is asked who is connected: about 0.01 ms a publisher or subscription. */
const CONNECTIONS_PERIOD_SEC = 1;
/** Longest wait of the executor: it is how long adding an entity may block. */
const SPIN_TIMEOUT_MS = 10;

/** The whole life of a node's process: parameters, lifecycle, diagnostics, end. */
export async function runNode<T extends ParameterTable>(
  definition: NodeDefinition<T>,
): Promise<void> {
  const running = new RunningNode();
  process.on('SIGINT', () => void running.end(EXIT_OK));
  process.on('SIGTERM', () => void running.end(EXIT_OK));
  // A full disk under the log is no reason to end.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  process.on('uncaughtException', (error) => void running.crash(error));
  watchLauncher((launcher) => {
    process.stderr.write(`${launcher} has ended, and this node with it\n`);
    void running.end(EXIT_OK);
  });
  try {
    await initRos();
    await running.start(definition);
  } catch (error) {
    await running.crash(error);
  }
}

class RunningNode {
  #node: ManagedNode | undefined;
  #behaviour: NodeBehaviour | undefined;
  readonly #timers: NodeJS.Timeout[] = [];
  #heartbeats: HeartbeatSender | undefined;
  #ending = false;
  #refused: () => void = () => undefined;

  async start<T extends ParameterTable>(definition: NodeDefinition<T>): Promise<void> {
    const node = await refusalAsFault(() => new ManagedNode(definition.name));
    this.#node = node;
    this.#refused = () => definition.refused?.(node);
    process.on('unhandledRejection', (reason) => node.guard.report('a promise', reason));
    const table = { ...commonParameters, ...definition.parameters };
    const parameters = await declareParameters(node, table, (config) =>
      definition.resolve?.(config as unknown as Config<T>, node.fullName),
    );
    if (!parameters.ok) throw new FaultError(node.fullName, parameters.faults);
    const common = parameters.current() as Config<typeof commonParameters>;

    const behaviour = await definition.create(node, parameters as unknown as NodeParameters<T>);
    this.#behaviour = behaviour;
    if (this.#ending) return;
    registerTransitions(node, behaviour);
    const diagnostics = new DiagnosticsPublisher(node);
    if (node.usesSimulatedTime) {
      const anyQos = { reliability: 'best_effort', durability: 'volatile' } as const;
      const clock = node.resolveTopicName('/clock');
      node.connections.listens(clock, 'rosgraph_msgs/msg/Clock', anyQos);
      node.connections.requiresSource(clock);
      node.expectOneSource('/clock');
    }
    const log = (text: string) => node.getLogger().warn(text);
    const graph = graphOf(node);
    const connections = new ConnectionReport(node.connections, graph, log, sharedMemoryFaults);
    const names = new NameWatch(node.fullName, () => node.getNodeNamesAndNamespaces(), log);
    const report = () =>
      diagnostics.publish([
        connections.diagnostic(),
        ...names.diagnostics(),
        ...behaviour.diagnostics(),
      ]);
    this.#every(common.diagnosticsPeriod, node.guard.wrap('diagnostics', report));
    this.#every(
      CONNECTIONS_PERIOD_SEC,
      node.guard.wrap('connections', () => connections.check()),
    );
    if (common.heartbeatPeriod > 0) {
      this.#heartbeats = new HeartbeatSender(node, common.heartbeatPeriod);
      this.#heartbeats.start();
    }
    node.spin(SPIN_TIMEOUT_MS);
    if (common.autostart && isInactive(node.configure())) node.activate();
  }

  #every(periodSec: number, act: () => void): void {
    this.#timers.push(setInterval(act, periodSec * 1000));
  }

  async crash(error: unknown): Promise<void> {
    if (error instanceof FaultError) {
      process.stderr.write(`${printableLines(error.message)}\n`);
      this.#refused();
      await this.end(EXIT_REFUSED);
    } else {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stderr.write(`${printableLines(text)}\n`);
      await this.end(EXIT_CRASH);
    }
  }

  /** Ends the process: arm at rest first, then those who moved it, then workers, then ROS. */
  async end(exitCode: number): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    for (const timer of this.#timers) clearInterval(timer);
    const node = this.#node;
    const limit = delay(CLOSE_LIMIT_MS);
    try {
      if (node?.isActive) node.deactivate();
      this.#heartbeats?.stop();
      if (node?.spinning) {
        const cleanup = Promise.resolve(this.#behaviour?.cleanup?.()).then(() => true);
        if (!(await Promise.race([cleanup, limit]))) {
          process.stderr.write(`${node.fullName}: not cleaned up within ${CLOSE_LIMIT_MS} ms\n`);
        }
        node.stop();
      }
      await Promise.race([this.#behaviour?.close?.(exitCode === EXIT_OK), limit]);
      if (!rclnodejs.isShutdown()) rclnodejs.shutdown();
    } catch (error) {
      process.stderr.write(`at the end: ${printableLines(String(error))}\n`);
    }
    if (exitCode === EXIT_REFUSED && waitsAfterRefusal()) await waitAfterRefusal();
    process.exit(exitCode);
  }
}

/** lifecycle_msgs/Transition; the constants of rclnodejs's types do not exist at run time. */
const TRANSITION_SUCCESS: lifecycle.CallbackReturnCode = 97;
const TRANSITION_FAILURE: lifecycle.CallbackReturnCode = 98;

/** Links the transitions to the behaviour; one that throws leaves the node where it was. */
function registerTransitions(node: ManagedNode, behaviour: NodeBehaviour): void {
  const transition = (name: string, act: () => void) => (): lifecycle.CallbackReturnCode => {
    let done = false;
    node.guard.run(`transition ${name}`, () => {
      act();
      done = true;
    });
    return done ? TRANSITION_SUCCESS : TRANSITION_FAILURE;
  };
  const rest = () => {
    if (!node.isActive) return;
    node.isActive = false;
    behaviour.deactivate?.();
  };
  node.registerOnConfigure(transition('configure', () => behaviour.configure?.()));
  node.registerOnActivate(
    transition('activate', () => {
      behaviour.activate?.();
      node.isActive = true;
    }),
  );
  node.registerOnDeactivate(transition('deactivate', rest));
  node.registerOnCleanup(
    transition('cleanup', () => {
      const left = behaviour.cleanup?.();
      if (left) node.guard.watch('cleanup', left);
    }),
  );
  node.registerOnShutdown(transition('shutdown', rest));
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function isInactive(state: lifecycle.State): boolean {
  return (state as unknown as lifecycle.SerializedState).label === 'inactive';
}
