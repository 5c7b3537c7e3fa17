import type { Random } from '../../math/random.ts';
import type { FollowingLimits } from '../FollowingMonitor.ts';

/** What the velocities of joint states are worth: drivers differ. */
export type VelocityStyle = 'true' | 'zeros' | 'not a number' | 'missing';

/** What stays the same through an episode of the fuzz: the arm, its driver, its network, its people. */
export type FuzzTemper = {
  readonly queueMode: 'ensemble' | 'receding';
  readonly following: FollowingLimits;
  readonly maxBlindSec: number;
  /** The arm follows its commands after this many periods, and then with this time constant, s. */
  readonly deadPeriods: number;
  readonly lagSec: number;
  /** Standard deviation and step of the encoders, rad. */
  readonly noiseRad: number;
  readonly quantumRad: number;
  /** Largest constant error of a joint that holds a load, rad. */
  readonly sagRad: number;
  readonly velocities: VelocityStyle;
  /** Joint states come so late, and by so much more at random, s; together at most 0.25. */
  readonly delaySec: number;
  readonly jitterSec: number;
  /** The driver's clock is ahead of the controller's by so much, s. */
  readonly skewSec: number;
  /** How often each of these happens, per second. */
  readonly gapsPerSec: number;
  readonly lostShare: number;
  readonly liesPerSec: number;
  /** A second publisher's joint states, all zeros, come once in this many periods; 0: there is none. */
  readonly twinPeriods: number;
  readonly operatorPerSec: number;
  readonly clockJumpsPerSec: number;
  readonly restartsPerSec: number;
  readonly pausesPerSec: number;
  readonly accidentsPerSec: number;
  /** Chunks come after about this many periods; this share of them is hostile. */
  readonly chunkPeriods: number;
  readonly hostileShare: number;
  /** Step of a sound action, as share of the longest that the arm takes. */
  readonly boldness: number;
};

/** Late by 0 to 250 ms, mostly one of the two ways in which arms are. */
export function drawTemper(random: Random): FuzzTemper {
  const delaySec = random.pick([0, 0.02, random.uniform(0, 0.15), random.uniform(0, 0.23)]);
  const isSlow = random.uniform() < 0.5;
  const rate = (often: number): number => random.pick([0, 0, often / 4, often]);
  return {
    queueMode: random.pick(['ensemble', 'receding']),
    following: { toleranceRad: [random.pick([0.25, 0.25, 0.1])], delaySec: 0.3, timeSec: 0.3 },
    maxBlindSec: random.pick([0, 1, 2]),
    deadPeriods: isSlow ? random.int(13) : random.int(3),
    lagSec: isSlow ? 0 : random.pick([0, random.uniform(0, 0.1)]),
    noiseRad: random.pick([0, random.uniform(0, 0.002)]),
    quantumRad: random.pick([0, 2e-6, (2 * Math.PI) / 4096]),
    sagRad: random.pick([0, 0, random.uniform(0, 0.015)]),
    velocities: random.pick(['true', 'zeros', 'not a number', 'missing']),
    delaySec,
    jitterSec: random.pick([0, random.uniform(0, 0.25 - delaySec)]),
    gapsPerSec: rate(0.4),
    lostShare: rate(0.3),
    liesPerSec: random.pick([0, 0, 0.5, 5]),
    twinPeriods: random.pick([0, 0, 0, 0, 0, 0, 1, 5]),
    operatorPerSec: rate(1.5),
    clockJumpsPerSec: rate(0.15),
    restartsPerSec: rate(0.15),
    pausesPerSec: rate(0.1),
    accidentsPerSec: rate(0.3),
    chunkPeriods: random.pick([2, 10, 25, 60]),
    hostileShare: random.pick([0, 0.1, 0.5, 1]),
    boldness: random.pick([0.1, 0.5, 1, 2]),
    skewSec: random.pick([0, 0, random.uniform(-0.1, 0.1)]),
  };
}
