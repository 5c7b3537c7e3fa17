import { armBounds, gripperBounds } from '../../core/control/armBounds.ts';
import type { MotionState } from '../../core/control/MotionState.ts';
import { CONTROL_PERIOD_SEC } from '../../core/control/controlPeriod.ts';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import type { UrdfModel } from '../../core/kinematics/UrdfModel.ts';
import {
  armStream,
  gripperMotion,
  gripperStream,
} from '../../nodes/controller/sinks/commandStreams.ts';
import { sinkParameters } from '../../nodes/controller/sinks/sinkParameters.ts';
import { DrivenArm } from './DrivenArm.ts';
import type { Figure } from './Figure.ts';
import { type Delivery, type Judgement, judgeReceived, receivedMotion } from './receivedMotion.ts';
import { wave } from './wave.ts';

export const RATES_HZ = [50, 100, 200, 500, 1000] as const;
const LEAD_SEC = sinkParameters['joint_trajectory.lead'].default;
const STREAM = { periodSec: CONTROL_PERIOD_SEC, leadSec: LEAD_SEC, endsAtRest: true };
const TICKS = 60;
/** Before and after the motion. */
const REST_PERIODS = 40;

/** Every seventh message is late. */
const seventhLate = (sec: number) => (k: number) => (k % 7 === 3 ? sec : 0.001);

/** What a motion must get through as it was sent. */
export const DELIVERIES: readonly Delivery[] = [
  { name: 'punctual' },
  { name: 'one in seven 12 ms late', delay: seventhLate(0.012) },
  { name: 'one in seven 20 ms late', delay: seventhLate(0.02) },
  { name: 'each up to 20 ms late', delay: (_, random) => random.uniform(0, 0.02) },
  { name: 'two at a time', delay: (k) => 0.02 * (1 - (k % 2)) },
  { name: "receiver's clock 10 ms ahead, 20 ms late", delay: seventhLate(0.02), aheadSec: 0.01 },
  { name: "receiver's clock 40 ms behind", aheadSec: -0.04 },
];

/** After which the arm has to catch up, or make do with less lead for a while. */
export const STALLS: readonly Delivery[] = [
  { name: 'timer up to 5 ms late', late: (_, random) => random.uniform(0, 0.005) },
  { name: 'a period missed every second', late: (k) => 0.02 * Math.floor(k / 50) },
  { name: 'sender stalled for 0.1 s', late: (k) => 0.1 * Math.floor(k / 200) },
  { name: 'sender stalled for 0.3 s', late: (k) => 0.3 * Math.floor(k / 200) },
  { name: 'sender gone in mid-motion', delay: (k) => (k < 345 ? 0.001 : Infinity) },
];

/** The commands of an arm that does what a policy asks for, from rest to rest. */
export function wavingCommands(embodiment: Embodiment, urdf: UrdfModel) {
  const arm = new DrivenArm(embodiment, urdf);
  for (let i = 0; i < REST_PERIODS; i++) arm.step();
  for (let tick = 0; tick < TICKS; tick++) {
    arm.offer([wave(embodiment, tick), wave(embodiment, tick + 1)]);
    arm.tick();
  }
  for (let i = 0; i < REST_PERIODS; i++) arm.step();
  return arm.outputs.flatMap(({ command }) => command ?? []);
}

/** What joint_trajectory_controller makes of the commands to the arm. */
export function judgeArm(
  commands: readonly MotionState[],
  embodiment: Embodiment,
  urdf: UrdfModel,
  rateHz: number,
  delivery: Delivery,
): Judgement & { refused: number } {
  const bounds = armBounds(embodiment, urdf);
  return judge(commands, armStream(bounds, STREAM), bounds.acceleration, rateHz, delivery);
}

/** The same of those to the gripper. */
export function judgeGripper(
  commands: ReturnType<typeof wavingCommands>,
  embodiment: Embodiment,
  urdf: UrdfModel,
  rateHz: number,
  delivery: Delivery,
): Judgement & { refused: number } {
  const bounds = gripperBounds(embodiment, urdf);
  const motion = commands.map(gripperMotion);
  return judge(motion, gripperStream(bounds, STREAM), [bounds.acceleration], rateHz, delivery);
}

function judge(
  motion: readonly MotionState[],
  stream: ReturnType<typeof armStream>,
  acceleration: readonly number[],
  rateHz: number,
  delivery: Delivery,
): Judgement & { refused: number } {
  const received = receivedMotion(motion, (c, ns) => stream.push(c, ns), rateHz, delivery);
  const lagSec = LEAD_SEC - (delivery.aheadSec ?? 0);
  return { ...judgeReceived(received, motion, lagSec, acceleration), refused: received.refused };
}

/** The arm's motion behind joint_trajectory_controller, at the worst of the rates. */
export function receivedFigures(embodiment: Embodiment, urdf: UrdfModel): Figure[] {
  const commands = wavingCommands(embodiment, urdf);
  const figures = (delivery: Delivery, withSpeed: boolean): Figure[] => {
    const all = RATES_HZ.map((rate) => judgeArm(commands, embodiment, urdf, rate, delivery));
    const most = (of: (judgement: Judgement) => number) => Math.max(...all.map(of));
    const speed = most(({ speedLeast, speedMost }) => Math.max(speedMost - 1, 1 - speedLeast));
    const name = `joint_trajectory_controller, ${delivery.name}`;
    return [
      ...(withSpeed
        ? [{ name: `${name}: speed off`, value: 100 * speed, unit: '%', wanted: { atMost: 5 } }]
        : []),
      {
        name: `${name}: acceleration`,
        value: most(({ accelerationMost }) => accelerationMost),
        unit: 'rad/s²',
      },
      {
        name: `${name}: acceleration, share of its limit`,
        value: 100 * most(({ accelerationShare }) => accelerationShare),
        unit: '%',
        wanted: { atMost: 100 },
      },
    ];
  };
  return [
    ...DELIVERIES.flatMap((delivery) => figures(delivery, true)),
    ...STALLS.flatMap((delivery) => figures(delivery, false)),
  ];
}
