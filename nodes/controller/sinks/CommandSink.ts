import type { JointCommand } from '../../../core/control/ControllerOutput.ts';
import type { Diagnostic } from '../../shared/diagnostics/DiagnosticsPublisher.ts';

/**
 * What moves the arm, or the gripper. All kinds get the same limited commands, one a period; the
 * receiver holds the last one.
 */
export type CommandSink = {
  /** The command for the end of the coming period. */
  send(command: JointCommand): void;
  /** A joint state of this stamp has come. */
  received?(stampNs: bigint): void;
  /** Why commands would not be followed now; undefined, or no such method: they would. */
  notReady?(): string | undefined;
  /** The node gets active: makes the receiver ready to follow. */
  prepare?(): void;
  /** After the arm has come to rest: gives the receiver back as it was found. */
  restore?(): Promise<void>;
  diagnostics?(): Diagnostic[];
};
