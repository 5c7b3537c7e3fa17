import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { wheelsPython } from '../../cli/setup/wheelsStep.ts';
import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import { findRosSource } from '../../setup/rosSource.mjs';
import { judgeFile } from '../judge/JudgedTrace.ts';
import { RosSession, root } from './RosSession.ts';
import { given } from './widowx.ts';

/** `JUDGED_SEC=300 npm test -- ros/judged` judges five minutes of each arm. */
const SECONDS = Number(process.env['JUDGED_SEC'] ?? 20);
const SEED = Number(process.env['JUDGED_SEED'] ?? 1);

describe('what a controller sends to an arm over ROS, judged by positions alone', () => {
  for (const robot of ['widowx', 'google_robot']) {
    it(`${robot}: no violation, with late joint states, wild chunks, stops, hands and a killed process`, async function () {
      this.timeout(SECONDS * 1000 + 60_000);
      const { armJoints, homeJoints, gripper } = embodimentByName(robot);
      const session = await RosSession.open({});
      const start = () =>
        session.startNode(
          'controller',
          given(`robot:=${robot}`, 'sink:=forward_command', 'gripper_sink:=forward_command'),
        );
      const folder = mkdtempSync(join(tmpdir(), 'st4vla-judged-'));
      const trace = join(folder, 'trace');
      try {
        let controller = start();
        const names = [...armJoints, gripper.joint];
        const home = [...homeJoints, gripper.open];
        const python = findRosSource(process.env).kind === 'wheels' ? wheelsPython : 'python3';
        const options = { names, home, seconds: SECONDS, seed: SEED, out: trace };
        const peer = spawn(
          python,
          [
            join(root, 'test', 'ros', 'peers', 'hostile_arm.py'),
            ...Object.entries(options).flatMap(([name, value]) => [`--${name}=${String(value)}`]),
          ],
          { env: session.environment, stdio: ['pipe', 'pipe', 'inherit'] },
        );
        const lines: string[] = [];
        createInterface({ input: peer.stdout }).on('line', (line) => lines.push(line));
        const kill = setInterval(() => {
          controller.process.kill('SIGKILL');
          void controller.ended.then(() => {
            peer.stdin.write('gone\n');
            controller = start();
            peer.stdin.write('process\n');
          });
        }, 9000);
        const [code] = (await once(peer, 'close')) as [number];
        clearInterval(kill);
        assert.equal(code, 0);
        const { violations, kinds, first, commands, periods } = judgeFile(robot, trace);
        assert.deepEqual(
          { violations, kinds, first: first.slice(0, 20) },
          { violations: 0, kinds: {}, first: [] },
        );
        assert.ok(
          commands > SECONDS * 50 * 0.1,
          `${commands} commands in ${periods} periods: ${lines.join()}`,
        );
      } finally {
        await session.close();
        rmSync(folder, { recursive: true });
      }
    });
  }
});
