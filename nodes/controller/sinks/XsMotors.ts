import type { XsClient } from './XsClient.ts';
import type { CommandType } from '../../../adapters/messages/xsMessages.ts';

/** How motors are to be driven; times of the profile in ms. */
export type MotorSettings = {
  readonly mode: 'position' | 'linear_position';
  readonly profileTimeMs: number;
  readonly profileAccelerationTimeMs: number;
  /** Most duty that a position is held with, in the driver's units; undefined leaves it. */
  readonly pwmLimit?: number | undefined;
};

/** As the motors were found: registers by name, each with a value per joint. */
type Found = {
  readonly mode: string;
  readonly profileType: string;
  readonly registers: ReadonlyMap<string, readonly number[]>;
};

type Whom = { readonly cmd_type: CommandType; readonly name: string };

const PROFILE_VELOCITY = 'Profile_Velocity';
const PROFILE_ACCELERATION = 'Profile_Acceleration';
/** In the modes that hold a position it bounds the duty. */
const GOAL_PWM = 'Goal_PWM';
const TORQUE = 'Torque_Enable';

/**
 * A group of motors, or one: sets them up for streamed commands and gives them back as they were
 * found. Where mode and kind of profile are right already, registers alone are written, which the
 * motors take with their torque on; to change the mode the driver switches the torque off and on.
 */
export class XsMotors {
  readonly whom: Whom;
  readonly #client: XsClient;
  readonly #settings: MotorSettings;
  readonly #log: (text: string) => void;
  /** Undefined while there is nothing to give back. */
  #found: Found | undefined;
  #joints: readonly string[] = [];

  constructor(client: XsClient, whom: Whom, settings: MotorSettings, log: (text: string) => void) {
    this.#client = client;
    this.whom = whom;
    this.#settings = settings;
    this.#log = log;
  }

  /** Joints with their limits in the driver's order; throws where the driver does not know them. */
  async info() {
    const info = await this.#client.call('get_robot_info', this.whom);
    const joints = Array.from(info.joint_names);
    if (joints.length === 0) {
      throw new Error(`the driver has no ${this.whom.cmd_type} "${this.whom.name}"`);
    }
    const limits = { lower: info.joint_lower_limits, upper: info.joint_upper_limits };
    return { mode: info.mode, profileType: info.profile_type, joints, limits };
  }

  /**
   * Sets mode and profile, then the torque.
   * @param mayEnableTorque else torque that is off is an error
   * @throws Error saying what could not be had
   */
  async setUp(mayEnableTorque: boolean): Promise<void> {
    const { mode, profileTimeMs, profileAccelerationTimeMs } = this.#settings;
    const info = await this.info();
    this.#joints = info.joints;
    if (info.mode !== mode || info.profileType !== 'time') {
      await this.#remember(info);
      this.#log(
        `${this.#title}: mode ${info.mode}, profile ${info.profileType}; changing to ${mode}, time: ` +
          'the torque is off for a moment, hold the arm',
      );
      await this.#client.call('set_operating_modes', {
        ...this.whom,
        mode,
        profile_type: 'time',
        profile_velocity: profileTimeMs,
        profile_acceleration: profileAccelerationTimeMs,
      });
    }
    for (const [register, value] of this.#wantedRegisters()) {
      const values = await this.#read(register);
      if (values === undefined || values.every((one) => one === value)) continue;
      await this.#remember(info);
      await this.#write(this.whom, register, value);
    }
    await this.#checkMode();
    await this.#checkTorque(mayEnableTorque);
  }

  /** Torque stays as it is: switching it off would drop the arm. Resolves with what was restored. */
  async restore(): Promise<string | undefined> {
    const found = this.#found;
    if (!found) return undefined;
    this.#found = undefined;
    const { mode, profileType, registers } = found;
    const now = await this.info();
    if (now.mode !== mode || now.profileType !== profileType) {
      await this.#client.call('set_operating_modes', {
        ...this.whom,
        mode,
        profile_type: profileType,
        profile_velocity: registers.get(PROFILE_VELOCITY)?.[0] ?? 0,
        profile_acceleration: registers.get(PROFILE_ACCELERATION)?.[0] ?? 0,
      });
    }
    // Where the duty is the command, nothing is to be commanded.
    const restored = [...registers].filter(([name]) => name !== GOAL_PWM || mode !== 'pwm');
    for (const [register, values] of restored.toReversed()) await this.#writeEach(register, values);
    const texts = restored.map(([name, values]) => `${name} ${values.join(' ')}`);
    return `${this.#title}: mode ${mode}, profile ${profileType}, ${texts.join(', ')}`;
  }

  get #title(): string {
    return `${this.whom.cmd_type} ${this.whom.name}`;
  }

  /** In the order of writing: the time to accelerate must fit into that of the whole move. */
  #wantedRegisters(): [string, number][] {
    const { profileTimeMs, profileAccelerationTimeMs, pwmLimit } = this.#settings;
    return [
      [PROFILE_ACCELERATION, profileAccelerationTimeMs],
      [PROFILE_VELOCITY, profileTimeMs],
      ...(pwmLimit === undefined ? [] : [[GOAL_PWM, pwmLimit] as [string, number]]),
    ];
  }

  /** Before the first change. */
  async #remember(info: { readonly mode: string; readonly profileType: string }): Promise<void> {
    if (this.#found) return;
    const registers = new Map<string, readonly number[]>();
    for (const [register] of this.#wantedRegisters()) {
      const values = await this.#read(register);
      if (values !== undefined) registers.set(register, values);
    }
    this.#found = { mode: info.mode, profileType: info.profileType, registers };
  }

  /** The driver answers also where it did not do what it was asked for. */
  async #checkMode(): Promise<void> {
    const { mode, profileType } = await this.info();
    if (mode === this.#settings.mode && profileType === 'time') return;
    const wanted = `${this.#settings.mode} with profile time`;
    throw new Error(`${this.#title}: expected mode ${wanted}, found ${mode} with ${profileType}`);
  }

  async #checkTorque(mayEnable: boolean): Promise<void> {
    const off = async (): Promise<readonly string[]> => {
      const values = await this.#read(TORQUE);
      // Interbotix's simulation does not tell, and has no motors to be without torque.
      return values === undefined ? [] : this.#joints.filter((_, i) => values[i] !== 1);
    };
    const joints = await off();
    if (joints.length === 0) return;
    if (mayEnable) {
      this.#log(`${this.#title}: torque is off at ${joints.join(', ')}; switching it on`);
      await this.#client.call('torque_enable', { ...this.whom, enable: true });
    }
    const left = mayEnable ? await off() : joints;
    if (left.length > 0) throw new Error(`${this.#title}: torque is off at ${left.join(', ')}`);
  }

  /**
   * A register of each joint. The driver leaves out what it could not read, and Interbotix's
   * simulation all that is not of the profile: undefined, then.
   */
  async #read(register: string): Promise<number[] | undefined> {
    const request = { ...this.whom, reg: register, value: 0 };
    const values = Array.from((await this.#client.call('get_motor_registers', request)).values);
    if (values.length === this.#joints.length) return values;
    const isProfile = register === PROFILE_VELOCITY || register === PROFILE_ACCELERATION;
    if (values.length === 0 && !isProfile) return undefined;
    const found = `${values.length} of ${this.#joints.length} values`;
    throw new Error(`${this.#title}: cannot read ${register}: ${found}`);
  }

  async #writeEach(register: string, values: readonly number[]): Promise<void> {
    const [first] = values;
    if (first !== undefined && values.every((value) => value === first)) {
      await this.#write(this.whom, register, first);
      return;
    }
    for (const [i, name] of this.#joints.entries()) {
      await this.#write({ cmd_type: 'single', name }, register, values[i]!);
    }
  }

  async #write(whom: Whom, register: string, value: number): Promise<void> {
    await this.#client.call('set_motor_registers', { ...whom, reg: register, value });
  }
}
