import { nsOf, secondsOf } from '../../core/math/time.ts';
import { CONTROL_PERIOD_SEC } from '../../core/control/controlPeriod.ts';
import { Random } from '../../core/math/random.ts';
import type { MotionState } from '../../core/control/MotionState.ts';
import type { Trajectory } from '../../nodes/controller/sinks/MotionStream.ts';
import { type ReceivedTrajectory, TrajectoryReceiver } from './TrajectoryReceiver.ts';

/** When the first command is made, by the sender's clock. */
const BEGIN_SEC = 1000;

/** How messages get to a receiver. */
export type Delivery = {
  readonly name: string;
  /** When the k-th control period really begins, after when it should, s. */
  late?(k: number, random: Random): number;
  /** How long the k-th message is under way, s. */
  delay?(k: number, random: Random): number;
  /** How much the receiver's clock is ahead, s. */
  readonly aheadSec?: number;
};

/** What a receiver commanded, one list of joint positions an update. */
export type Received = {
  readonly periodSec: number;
  readonly positions: readonly (readonly number[])[];
  readonly refused: number;
};

/**
 * Sends a trajectory for each command and says what joint_trajectory_controller makes of them.
 *
 * @param send the trajectory for a command; by the sender's clock it is `nowNs`
 */
export function receivedMotion(
  commands: readonly MotionState[],
  send: (command: MotionState, nowNs: bigint) => Trajectory,
  rateHz: number,
  { late = () => 0, delay = () => 0.001, aheadSec = 0, name }: Delivery,
): Received {
  const random = new Random(`received/${name}/${rateHz}`);
  const messages = commands.map((command, k) => {
    const sentSec = BEGIN_SEC + k * CONTROL_PERIOD_SEC + late(k, random);
    const { startNs, points } = send(command, nsOf(sentSec));
    const trajectory: ReceivedTrajectory = { startSec: secondsOf(startNs), points };
    return { trajectory, comesSec: sentSec + delay(k, random) };
  });
  // one connection keeps the order
  let lastSec = 0;
  const inOrder = messages.map(({ trajectory, comesSec }) => {
    lastSec = Math.max(lastSec, comesSec);
    return { trajectory, comesSec: lastSec };
  });
  const receiver = new TrajectoryReceiver(rateHz, commands[0]!.positions);
  const positions: (readonly number[])[] = [];
  // updates are at no particular time of the sender's periods
  const firstSec = BEGIN_SEC + 0.37 / rateHz;
  const updates = Math.floor(commands.length * CONTROL_PERIOD_SEC * rateHz);
  for (let n = 0; n < updates; n++) {
    const nowSec = firstSec + n / rateHz;
    while (inOrder[0] !== undefined && inOrder[0].comesSec <= nowSec) {
      receiver.receive(inOrder.shift()!.trajectory, nowSec + aheadSec);
    }
    positions.push(receiver.update(nowSec + aheadSec));
  }
  return { periodSec: 1 / rateHz, positions, refused: receiver.refused };
}

/** What was commanded, beside what was sent. */
export type Judgement = {
  /** Speeds of joints, as multiples of those that were sent, wherever these are above `SLOW`. */
  readonly speedLeast: number;
  readonly speedMost: number;
  /** Largest accelerations, rad/s². */
  readonly accelerationMost: number;
  readonly accelerationRms: number;
  /** The same as shares of the joints' limits. */
  readonly accelerationShare: number;
};

/** Slower joints are not compared, rad/s. */
const SLOW = 0.1;

/**
 * @param lagSec how much later than at the end of its period a command is due by the receiver's clock
 * @param limits accelerations of the joints, rad/s²
 */
export function judgeReceived(
  { positions, periodSec }: Received,
  commands: readonly MotionState[],
  lagSec: number,
  limits: readonly number[],
): Judgement {
  let [speedLeast, speedMost] = [Infinity, 0];
  let [accelerationMost, accelerationShare, sum, count] = [0, 0, 0, 0];
  const sentSec = (n: number) => (n + 1.37) * periodSec - lagSec;
  for (let n = 1; n < positions.length; n++) {
    const [before, now, after] = [positions[n - 1]!, positions[n]!, positions[n + 1]];
    const [from, to] = [sentAt(commands, sentSec(n - 1)), sentAt(commands, sentSec(n))];
    for (let i = 0; i < now.length; i++) {
      const sent = (to[i]! - from[i]!) / periodSec;
      const speed = (now[i]! - before[i]!) / periodSec;
      if (Math.abs(sent) > SLOW) {
        speedLeast = Math.min(speedLeast, speed / sent);
        speedMost = Math.max(speedMost, speed / sent);
      }
      if (after === undefined) continue;
      const acceleration = Math.abs((after[i]! - now[i]!) / periodSec - speed) / periodSec;
      accelerationMost = Math.max(accelerationMost, acceleration);
      accelerationShare = Math.max(accelerationShare, acceleration / limits[i]!);
      sum += acceleration ** 2;
      count += 1;
    }
  }
  const accelerationRms = Math.sqrt(sum / count);
  return { speedLeast, speedMost, accelerationMost, accelerationRms, accelerationShare };
}

/** Where the commands are, the first of which is for the end of the first period; time since its begin. */
function sentAt(commands: readonly MotionState[], timeSec: number): number[] {
  const periods = timeSec / CONTROL_PERIOD_SEC - 1;
  const k = Math.min(commands.length - 2, Math.max(0, Math.floor(periods)));
  const s = Math.min(1, Math.max(0, periods - k));
  const [a, b] = [commands[k]!, commands[k + 1]!];
  const dt = CONTROL_PERIOD_SEC;
  return Array.from(a.positions, (p, i) => {
    const displacement = b.positions[i]! - p;
    const [u, v] = [dt * a.velocities[i]!, dt * b.velocities[i]!];
    // the cubic with these positions and velocities at its ends
    return (
      p + u * s + (3 * displacement - 2 * u - v) * s ** 2 + (u + v - 2 * displacement) * s ** 3
    );
  });
}
