import fc from 'fast-check';
import { rampedSpeed, rampToRest } from '../../../core/control/speedRamp.ts';
import { assertClose } from '../arm.ts';

describe('speedRamp', () => {
  const cases: readonly [number, number, number][] = [
    [0, 10, 0],
    [4, 10, 4],
    [10, 10, 10],
    [25, 10, 25 + 15 + 5],
    [-25, 10, -45],
    [30, Infinity, 30],
  ];
  for (const [x, fade, speed] of cases) {
    it(`takes off ${speed} from ${x} on, fading by ${fade}`, () => {
      assertClose([rampedSpeed(x, fade)], [speed], 1e-12);
      assertClose([rampToRest(speed, fade)], [x], 1e-12);
    });
  }

  it('finds what to begin with', () => {
    const speed = fc.double({ min: -1e4, max: 1e4, noNaN: true });
    const fade = fc.double({ min: 0.1, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(speed, fade, (y, f) => {
        assertClose([rampedSpeed(rampToRest(y, f), f)], [y], 1e-9 * Math.max(1, Math.abs(y)));
      }),
    );
  });
});
