import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export type Qos = 'sensor' | 'reliable' | 'latched';

/** A message as JSON; its exact shape is the test's to know. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Json = any;

export type Received = { readonly at: number; readonly message: Json };

export type Endpoints = {
  readonly publishers: readonly string[];
  readonly subscriptions: readonly string[];
  readonly services: readonly string[];
  readonly clients: readonly string[];
};

/** How messages of a stream arrive, where not as a good source sends them. */
export type Delivery = {
  /** Seconds after their stamp. */
  readonly late?: number;
  readonly twice?: boolean;
  /** Every other one has a stamp of so many seconds before, so that it comes in the wrong order. */
  readonly disorder?: number;
};

/** A real rclpy program (`peers/peer.py`) that publishes, listens and calls for a test. */
export class Peer {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, { resolve(result: Json): void; reject(e: Error): void }>();
  readonly #messages = new Map<string, Received[]>();
  readonly #results = new Map<string, Json>();
  readonly #feedback = new Map<string, Json[]>();
  #lastId = 0;
  #errors = '';
  #ended: Error | undefined;

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
  }

  static async start(
    python: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv,
  ): Promise<Peer> {
    const child = spawn(python, args, { env });
    const peer = new Peer(child);
    child.stderr.on('data', (data: Buffer) => (peer.#errors += data.toString()));
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => {
        const error = new Error(`the rclpy peer has ended: ${peer.#errors}`);
        peer.#ended = error;
        reject(error);
        for (const { reject: fail } of peer.#waiting.values()) fail(error);
      });
      createInterface({ input: child.stdout }).on('line', (line) => {
        const event = JSON.parse(line) as Json;
        if (event.event === 'ready') resolve();
        else peer.#take(event);
      });
    });
    return peer;
  }

  /** Listens to a topic; with `summary` only these fields of each message are reported. */
  watch(topic: string, type: string, qos: Qos = 'reliable', summary?: string[]): Promise<void> {
    return this.#ask('watch', { topic, type, qos, ...(summary && { summary }) });
  }

  /**
   * Publishes once, stamped with the time of `late` seconds ago; resolves with when it was (s).
   */
  publish(
    topic: string,
    type: string,
    message: Json,
    qos: Qos = 'reliable',
    late = 0,
  ): Promise<number> {
    return this.#ask('publish', { topic, type, message, qos, late });
  }

  /** Publishes at a rate, each time with the time of then as its stamp. */
  stream(
    topic: string,
    type: string,
    message: Json,
    rate: number,
    qos: Qos,
    how: Delivery = {},
  ): Promise<void> {
    return this.#ask('stream', { topic, type, message, rate, qos, how });
  }

  /**
   * Is the driver of an arm with these joints, which is at once where its joint_trajectory_controller
   * commands it to be, and says so on /joint_states; called again, it changes how.
   */
  drive(
    names: readonly string[],
    positions: readonly number[],
    rate: number,
    how: Delivery & { readonly stuck?: boolean } = {},
  ): Promise<void> {
    return this.#ask('drive', { names, positions, rate, how });
  }

  /** Publishes /clock from now on; called again, lets it jump, pause or go on. */
  clock(how: { readonly jump?: number; readonly paused?: boolean } = {}): Promise<void> {
    return this.#ask('clock', how);
  }

  /** Ends a stream; resolves with how many messages it sent. */
  unstream(topic: string): Promise<number> {
    return this.#ask('unstream', { topic });
  }

  async call(service: string, type: string, request: Json = {}): Promise<Json> {
    return (await this.callAt(service, type, request)).response;
  }

  /** Also tells when the request was sent (s). */
  callAt(
    service: string,
    type: string,
    request: Json = {},
  ): Promise<{ readonly response: Json; readonly at: number }> {
    return this.#ask('call', { service, type, request });
  }

  sendGoal(name: string, action: string, type: string, goal: Json): Promise<Json> {
    return this.#ask('send_goal', { action, type, goal, name });
  }

  cancelGoal(name: string): Promise<Json> {
    return this.#ask('cancel_goal', { name });
  }

  /** State of a fake driver (`peers/xs_driver.py`). */
  state(): Promise<Json> {
    return this.#ask('state', {});
  }

  setTorque(enable: boolean): Promise<void> {
    return this.#ask('set_torque', { enable });
  }

  nodes(): Promise<string[]> {
    return this.#ask('nodes', {});
  }

  /** Names of all that a node offers and uses, as discovery shows it. */
  endpoints(node: string, namespace = '/'): Promise<Endpoints> {
    return this.#ask('endpoints', { node, namespace });
  }

  subscribers(topic: string): Promise<number> {
    return this.#ask('subscribers', { topic });
  }

  messages(topic: string): readonly Received[] {
    if (this.#ended) throw this.#ended;
    return this.#messages.get(topic) ?? [];
  }

  last(topic: string): Json {
    return this.messages(topic).at(-1)?.message;
  }

  /** The newest diagnostic of a part, e.g. `/perception: camera front`. */
  diagnostic(name: string): Json {
    for (const { message } of this.messages('/diagnostics').toReversed()) {
      const status = message.status.find((one: Json) => one.name === name);
      if (!status) continue;
      const values = status.values.map(({ key, value }: Json) => [key, value]);
      return { ...status, values: Object.fromEntries(values) };
    }
    return undefined;
  }

  watchDiagnostics(): Promise<void> {
    return this.watch('/diagnostics', 'diagnostic_msgs/msg/DiagnosticArray');
  }

  forget(topic: string): void {
    this.#messages.delete(topic);
  }

  result(goal: string): Json {
    return this.#results.get(goal);
  }

  feedback(goal: string): readonly Json[] {
    return this.#feedback.get(goal) ?? [];
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.stdin.end();
    const killer = setTimeout(() => this.#child.kill('SIGKILL'), 3000);
    await ended;
    clearTimeout(killer);
  }

  #ask(command: string, fields: Json): Promise<Json> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.stdin.write(`${JSON.stringify({ id, do: command, ...fields })}\n`);
    });
  }

  #take(event: Json): void {
    if (event.event === 'message') push(this.#messages, event.topic, event);
    else if (event.event === 'feedback') push(this.#feedback, event.goal, event.message);
    else if (event.event === 'result') this.#results.set(event.goal, event);
    else {
      const waiting = this.#waiting.get(event.id);
      this.#waiting.delete(event.id);
      if (event.error === undefined) waiting?.resolve(event.result);
      else waiting?.reject(new Error(event.error));
    }
  }
}

function push<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
