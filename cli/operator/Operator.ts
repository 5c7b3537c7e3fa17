import type { ManagedNode, Publisher } from '../../nodes/shared/node/ManagedNode.ts';
import { latched } from '../../nodes/shared/node/qos.ts';

const TRIGGERS = ['controller/stop', 'controller/reset', 'controller/resume'] as const;

type ServiceName = 'reset_episode' | (typeof TRIGGERS)[number];
type Client = ReturnType<ManagedNode['createClient']>;
type Answer = {
  readonly success: boolean;
  readonly message: string;
  readonly instruction?: string;
};

const NODES = ['simulator', 'perception', 'policy', 'controller'];
const SERVICE_WAIT_MS = 5_000;
const ANSWER_LIMIT_MS = 10_000;

/** What the person at a simulated arm does over ROS: set the table, give an instruction. */
export class Operator {
  readonly #node: ManagedNode;
  readonly #instruction: Publisher<'std_msgs/msg/String'>;
  readonly #clients: ReadonlyMap<ServiceName, Client>;

  /** Call it before the node spins. */
  constructor(node: ManagedNode) {
    const trigger = (name: ServiceName): [ServiceName, Client] => [
      name,
      node.createClient('std_srvs/srv/Trigger', name) as Client,
    ];
    const reset = node.createClient('st4vla_ros/srv/ResetEpisode', 'reset_episode');
    this.#node = node;
    this.#instruction = node.advertise('std_msgs/msg/String', 'instruction', latched());
    this.#clients = new Map([['reset_episode', reset as Client], ...TRIGGERS.map(trigger)]);
  }

  /** Nodes of this package that have not joined yet. */
  missingNodes(): string[] {
    const present = this.#node.getNodeNames();
    return NODES.filter((name) => !present.includes(name));
  }

  /**
   * Puts the world into a task's start state, and the controller where the arm then is. Resolves to
   * the sentence that belongs to the task; it is not given yet.
   */
  async beginEpisode(task: string, seed: bigint): Promise<string> {
    await this.#call('controller/stop', {});
    const { instruction = '' } = await this.#call('reset_episode', { task, seed });
    await this.#call('controller/reset', {});
    await this.#call('controller/resume', {});
    return instruction;
  }

  instruct(text: string): void {
    this.#instruction.publish({ data: text });
  }

  async #call(name: ServiceName, request: object): Promise<Answer> {
    const client = this.#clients.get(name) as Client;
    if (!(await client.waitForService(SERVICE_WAIT_MS))) {
      throw new Error(`nobody offers the service ${name}`);
    }
    const answer = await new Promise<Answer>((resolve, reject) => {
      const seconds = ANSWER_LIMIT_MS / 1000;
      const fail = () => reject(new Error(`no answer from ${name} within ${seconds} s`));
      const limit = setTimeout(fail, ANSWER_LIMIT_MS);
      client.sendRequest(request as never, (response: unknown) => {
        clearTimeout(limit);
        resolve(response as Answer);
      });
    });
    if (!answer.success) throw new Error(`${name}: ${answer.message}`);
    return answer;
  }
}
