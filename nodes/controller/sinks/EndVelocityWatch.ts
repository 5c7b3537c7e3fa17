import '../../shared/process/requireRos.ts';
import type { ManagedNode } from '../../shared/node/ManagedNode.ts';
import type { Diagnostic } from '../../shared/diagnostics/DiagnosticsPublisher.ts';
import { failAsFault } from '../../shared/node/failAsFault.ts';

const TYPE = 'rcl_interfaces/srv/GetParameters';
const PARAMETER = 'allow_nonzero_velocity_at_trajectory_end';
/** rcl_interfaces/msg/ParameterType */
const BOOL = 1;
/** Between two questions: a controller can be loaded again, with other parameters. */
const ASK_SEC = 2;
const ANSWER_LIMIT_MS = 1500;

/**
 * Asks a joint_trajectory_controller whether it takes trajectories that end in motion. With its defaults
 * it refuses each of them, tells no one but its own log, and the arm does not move.
 */
export class EndVelocityWatch {
  readonly #node: ManagedNode;
  readonly #controller: string;
  readonly #ask: () => Promise<unknown>;
  #isRefused = false;

  /** @param topic the controller's `joint_trajectory`, below its own name */
  constructor(node: ManagedNode, topic: string) {
    this.#node = node;
    this.#controller = node.resolveTopicName(topic).replace(/\/[^/]*$/, '');
    const service = `${this.#controller}/get_parameters`;
    const client = failAsFault(node, service, TYPE, () => node.createClient(TYPE, service));
    this.#ask = () =>
      client.isServiceServerAvailable()
        ? client.sendRequestAsync({ names: [PARAMETER] }, { timeout: ANSWER_LIMIT_MS })
        : Promise.resolve(undefined);
    node.every(ASK_SEC, 'trajectory controller', () => this.#look(), 'steady');
  }

  diagnostic(): Diagnostic {
    const message = this.#isRefused ? this.#text : '';
    const part = `end of trajectories for ${this.#controller}`;
    return { part, level: this.#isRefused ? 'error' : 'ok', message, values: {} };
  }

  get #text(): string {
    return (
      `${this.#controller} refuses every trajectory: with joint_trajectory.end_at_rest false it needs ` +
      `${PARAMETER}: true, and has false`
    );
  }

  async #look(): Promise<void> {
    const answer = (await this.#ask().catch(() => undefined)) as
      { readonly values: readonly { type: number; bool_value: boolean }[] } | undefined;
    if (answer === undefined) return; // there is none, or it is busy
    const [value] = answer.values;
    const isRefused = value?.type === BOOL && !value.bool_value;
    if (isRefused && !this.#isRefused) this.#node.getLogger().error(this.#text);
    this.#isRefused = isRefused;
  }
}
