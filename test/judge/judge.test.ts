import assert from 'node:assert/strict';
import fs from 'node:fs';
import { TraceFile } from '../../cli/bench/TraceFile.ts';
import { fuzzController } from '../../core/control/fuzz/fuzzController.ts';
import { collisionModelOf } from '../../core/control/MotionGuard.ts';
import { EMBODIMENTS } from '../../core/embodiment/embodimentByName.ts';
import { Random } from '../../core/math/random.ts';
import { chainOf, urdfOf } from '../core/arm.ts';
import { judgeArguments, judgeFile, python, traceOf, withFile } from './JudgedTrace.ts';
import type { Report } from './JudgedTrace.ts';
import { PLANTED } from './plantedFaults.ts';

describe('judge.py', function () {
  this.timeout(240_000);
  let report: Report;

  before(() => {
    const trace = traceOf(PLANTED.map(({ periods }) => periods));
    report = withFile((file) => {
      fs.writeFileSync(file, trace);
      return judgeFile('widowx', file);
    });
  });

  PLANTED.forEach(({ what, kind }, episode) => {
    it(kind === undefined ? `lets pass ${what}` : `finds ${what}`, () => {
      const found = report.first.filter((line) => line.includes(` episode ${episode},`));
      if (kind === undefined) assert.deepEqual(found, []);
      else
        assert.ok(
          found.some((line) => line.includes(`: ${kind}: `)),
          `expected "${kind}", found ${found.join('; ') || 'nothing'}`,
        );
    });
  });

  it('refuses what is no trace, or is cut', () => {
    const trace = traceOf([PLANTED[0]!.periods]);
    const refuses = (values: Float64Array, message: RegExp): void => {
      withFile((file) => {
        fs.writeFileSync(file, values);
        assert.throws(() => python(judgeArguments('widowx', file)), { status: 2, stderr: message });
      });
    };
    refuses(trace.with(0, 7), /expected a trace of version 1/);
    refuses(trace.slice(0, -1), /expected whole records of 17 numbers/);
    refuses(trace.with(2, 8), /expected 7 joints, found 8/);
    refuses(trace.with(18, 0), /expected the first record to begin an episode/);
  });

  for (const embodiment of EMBODIMENTS) {
    it(`measures the rooms of ${embodiment.name} as the controller does, by code of its own`, () => {
      const chain = chainOf(embodiment);
      const model = collisionModelOf(embodiment, urdfOf(embodiment), chain);
      const random = new Random('rooms');
      const poses = Array.from({ length: 300 }, () =>
        chain.joints.map(({ limit }) => random.uniform(limit.lower, limit.upper)),
      );
      const { selfM, tableZM } = embodiment.limits.clearance;
      const expected = poses.map((pose) => {
        model.evaluate(pose);
        return [
          ...Array.from(model.distances, (distance) => distance - selfM),
          ...Array.from(model.heights, (height) => height - tableZM),
        ];
      });
      const script =
        'import json, sys; from arm import Arm; ' +
        `print(json.dumps(Arm("${embodiment.name}").rooms(json.load(sys.stdin)).tolist()))`;
      const rooms = JSON.parse(python(['-c', script], JSON.stringify(poses))) as number[][];
      expected.forEach((row, k) => {
        row.forEach((room, i) => {
          const found = rooms[k]![i]!;
          assert.ok(Math.abs(found - room) < 1e-8, `pose ${k}, room ${i}: ${found}, ${room}`);
        });
      });
    });

    it(`finds no fault in what drives a late, moved and restarted ${embodiment.name}`, () => {
      const periods = 60_000;
      withFile((name) => {
        const file = new TraceFile(name);
        const trace = (record: Float64Array): void => file.write(record);
        const result = fuzzController(embodiment, urdfOf(embodiment), { periods, seed: 1, trace });
        file.close();
        assert.deepEqual(result.violations, []);
        // things did happen: chunks were executed and refused, processes ended, arms were handed over
        const { chunksOffered, chunksAccepted, ticks, commands, restarts, handovers } = result;
        const accepted = chunksAccepted / chunksOffered;
        assert.ok(accepted > 0.1 && accepted < 0.9, JSON.stringify(result));
        assert.ok(ticks > periods / 100 && commands > periods / 4, JSON.stringify(result));
        assert.ok(restarts > 10 && handovers > 30, JSON.stringify(result));
        const judged = judgeFile(embodiment.name, name);
        assert.deepEqual(judged.first, []);
        assert.equal(judged.violations, 0);
        assert.equal(judged.periods, periods);
        assert.equal(judged.commands, commands);
        // and the arms were driven hard
        const shares = judged['largest share of a limit'];
        for (const of of ['velocity', 'acceleration', 'jerk']) assert.ok(shares[of]! > 0.5, of);
      });
    });
  }
});
