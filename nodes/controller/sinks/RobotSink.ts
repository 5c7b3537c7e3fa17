import type { JointCommand } from '../../../core/control/ControllerOutput.ts';
import type { Diagnostic } from '../../shared/diagnostics/DiagnosticsPublisher.ts';
import type { CommandSink } from './CommandSink.ts';

/** The sinks of arm and gripper as one. */
export class RobotSink {
  readonly #parts: readonly CommandSink[];
  readonly #periodSec: number;
  /** The last commands, which still have to be sent, one a period. */
  #braking: JointCommand[] = [];
  #brakeTimer: NodeJS.Timeout | undefined;
  #atRest: Promise<void> = Promise.resolve();

  constructor(parts: readonly CommandSink[], periodSec: number) {
    this.#parts = parts;
    this.#periodSec = periodSec;
  }

  send(command: JointCommand): void {
    for (const part of this.#parts) part.send(command);
  }

  /** A joint state of this stamp has come. */
  received(stampNs: bigint): void {
    for (const part of this.#parts) part.received?.(stampNs);
  }

  /** Whether commands that bring the arm to rest are still being sent. */
  get isBraking(): boolean {
    return this.#braking.length > 0;
  }

  /** Why commands would not be followed now; undefined where they would. */
  notReady(): string | undefined {
    if (this.isBraking) return 'the arm is coming to rest after it was deactivated';
    for (const part of this.#parts) {
      const notReady = part.notReady?.();
      if (notReady !== undefined) return notReady;
    }
    return undefined;
  }

  /** Not while it is braking: the arm would be left in motion. */
  prepare(): void {
    for (const part of this.#parts) part.prepare?.();
  }

  /**
   * The last commands, the last of which is at rest: one at once, the others one a period, since most
   * receivers follow a command as fast as they can.
   */
  comeToRest(commands: readonly JointCommand[]): void {
    this.#braking = [...commands];
    this.#atRest = new Promise((resolve) => {
      const sendNext = () => {
        const next = this.#braking.shift();
        if (next) this.send(next);
        if (this.#braking.length > 0) return;
        clearInterval(this.#brakeTimer);
        resolve();
      };
      this.#brakeTimer = setInterval(sendNext, this.#periodSec * 1000);
      sendNext();
    });
  }

  /** Once the arm is at rest: gives its receivers back as they were found. */
  async restore(): Promise<void> {
    await this.#atRest;
    await Promise.all(this.#parts.map(async (part) => part.restore?.()));
  }

  diagnostics(): Diagnostic[] {
    return this.#parts.flatMap((part) => part.diagnostics?.() ?? []);
  }
}
