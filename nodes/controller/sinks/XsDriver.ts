import type { Diagnostic } from '../../shared/diagnostics/DiagnosticsPublisher.ts';
import type { ManagedNode } from '../../shared/node/ManagedNode.ts';
import { XsClient } from './XsClient.ts';
import { type MotorSettings, XsMotors } from './XsMotors.ts';
import type { CommandType } from '../../../adapters/messages/xsMessages.ts';

/** Between two looks at whether the driver is there, and two attempts to set it up. */
const WATCH_SEC = 0.5;
/** Joint states that stay away for longer mean that the driver has ended, or starts again. */
const SILENCE_NS = 1_000_000_000n;
const SETTING_UP = 'being set up';

/** A joint, with the limits that commands keep to, rad. */
export type XsJoint = { readonly name: string; readonly lower: number; readonly upper: number };

/** Differences of limits that come from rounding, rad. */
const LIMIT_TOLERANCE = 0.01;

export type XsDriverOptions = {
  /** Put before the driver's names. */
  readonly prefix: string;
  readonly mayEnableTorque: boolean;
  /** The arm's group, and the joints that it has to consist of. */
  readonly arm: { readonly group: string; readonly joints: readonly XsJoint[] } | undefined;
  readonly gripper: { readonly name: string } | undefined;
  readonly armSettings: MotorSettings;
  readonly gripperSettings: MotorSettings;
};

/**
 * Interbotix's driver `xs_sdk`, made ready for streamed commands: operating modes, profile, torque.
 * Until that is done it is not ready; it tries again for as long as the node is active. A driver
 * that was silent gets no commands and is set up again when its joint states are back: DDS takes some time
 * to notice that one has ended, and another may have come meanwhile.
 */
export class XsDriver {
  readonly prefix: string;
  readonly #node: ManagedNode;
  readonly #client: XsClient;
  readonly #options: XsDriverOptions;
  readonly #arm: XsMotors | undefined;
  readonly #motors: readonly XsMotors[];
  #notReady: string | undefined = 'not set up yet';
  #attempt: Promise<void> | undefined;
  #order: Int32Array | undefined;
  #setUps = 0;
  /** When the last joint state came; undefined where none has since the set-up began. */
  #lastReceivedNs: bigint | undefined;
  /** Limits of the driver that are narrower than those of the commands, in words. */
  #narrower = '';

  constructor(node: ManagedNode, options: XsDriverOptions) {
    const { prefix, arm, gripper, armSettings, gripperSettings } = options;
    this.prefix = prefix;
    this.#node = node;
    this.#options = options;
    this.#client = new XsClient(node, prefix);
    const motors = (type: CommandType, name: string, settings: MotorSettings) =>
      new XsMotors(this.#client, { cmd_type: type, name }, settings, (text) =>
        node.getLogger().warn(text),
      );
    this.#arm = arm && motors('group', arm.group, armSettings);
    const hand = gripper && motors('single', gripper.name, gripperSettings);
    this.#motors = [this.#arm, hand].filter((one) => one !== undefined);
    node.every(WATCH_SEC, 'watch of xs_sdk', () => this.#watch(), 'steady');
  }

  notReady(): string | undefined {
    return this.#notReady === undefined ? undefined : `xs_sdk: ${this.#notReady}`;
  }

  get isReady(): boolean {
    return this.#notReady === undefined && !this.#isSilent;
  }

  /** Of each joint in the driver's group, its index in the embodiment's order; while it is ready. */
  get readyOrder(): Int32Array | undefined {
    return this.isReady ? this.#order : undefined;
  }

  /** Counts how often the driver was set up: what it was sent before is then forgotten. */
  get setUps(): number {
    return this.#setUps;
  }

  /** A joint state has come. */
  received(): void {
    if (this.#isSilent) this.prepare();
    this.#lastReceivedNs = this.#node.nowNs();
  }

  prepare(): void {
    this.#notReady = SETTING_UP;
    this.#lastReceivedNs = undefined;
    this.#begin();
  }

  /** Modes and profile as they were found; the torque stays, lest the arm drop. */
  async restore(): Promise<void> {
    await this.#attempt;
    this.#notReady = 'not set up yet';
    const log = this.#node.getLogger();
    const restore = async (motors: XsMotors): Promise<void> => {
      try {
        const restored = await motors.restore();
        if (restored !== undefined) log.info(`restored ${restored}; the torque stays on`);
      } catch (error) {
        log.error(`not restored: ${error instanceof Error ? error.message : String(error)}`);
      }
    };
    await Promise.all(this.#motors.map(restore));
  }

  diagnostic(): Diagnostic {
    const notReady = this.#notReady ?? (this.#isSilent ? 'the driver is silent' : undefined);
    const narrower =
      this.#narrower && `the driver has narrower limits than commands keep to: ${this.#narrower}`;
    const isFine = notReady === undefined && narrower === '';
    const isGrave = notReady !== undefined && notReady !== SETTING_UP;
    return {
      part: 'xs_sdk',
      level: isFine ? 'ok' : isGrave ? 'error' : 'warn',
      message: notReady ?? (narrower || 'ready for streamed commands'),
      values: { set_ups: this.#setUps },
    };
  }

  get #isSilent(): boolean {
    return (
      this.#lastReceivedNs !== undefined && this.#node.nowNs() - this.#lastReceivedNs > SILENCE_NS
    );
  }

  #watch(): void {
    const missing = this.#client.missing();
    if (missing.length > 0) this.#notReady = `no service ${missing.join(', ')}`;
    else if (this.#notReady !== undefined) this.#begin();
  }

  #begin(): void {
    if (this.#attempt) return;
    const missing = this.#client.missing();
    if (missing.length > 0) {
      this.#notReady = `no service ${missing.join(', ')}`;
      return;
    }
    this.#attempt = this.#setUp()
      .then(
        () => (this.#notReady = undefined),
        (error: unknown) => {
          this.#notReady = error instanceof Error ? error.message : String(error);
          return this.#notReady;
        },
      )
      .then(() => (this.#attempt = undefined));
  }

  async #setUp(): Promise<void> {
    if (this.#arm) await this.#checkJoints(this.#arm);
    for (const motors of this.#motors) await motors.setUp(this.#options.mayEnableTorque);
    this.#setUps++;
  }

  /** The driver takes positions by its own order, and only tells its limits. */
  async #checkJoints(arm: XsMotors): Promise<void> {
    const expected = this.#options.arm!.joints;
    const { joints, limits } = await arm.info();
    const names = expected.map(({ name }) => name);
    if (joints.length !== names.length || names.some((name) => !joints.includes(name))) {
      const lists = `expected the joints ${names.join(', ')}, found ${joints.join(', ')}`;
      throw new Error(`group ${arm.whom.name}: ${lists}`);
    }
    this.#order = Int32Array.from(joints, (name) => names.indexOf(name));
    const narrower = joints.flatMap((name, i) => {
      const [own, lower, upper] = [expected[this.#order![i]!]!, limits.lower[i], limits.upper[i]];
      // Without a robot description the driver knows none.
      if (lower === undefined || upper === undefined) return [];
      const isWithin = own.lower > lower - LIMIT_TOLERANCE && own.upper < upper + LIMIT_TOLERANCE;
      return isWithin ? [] : [`${name} ${lower.toFixed(3)}…${upper.toFixed(3)}`];
    });
    this.#narrower = narrower.join(', ');
    if (this.#narrower !== '') this.#node.getLogger().warn(`narrower limits: ${this.#narrower}`);
  }
}
