import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { childrenOf, isAlive } from './childProcesses.ts';
import type { Peer } from './Peer.ts';
import { RosSession } from './RosSession.ts';
import { slowModel } from './slowModel.ts';
import {
  controllerArguments,
  perceptionArguments,
  policyArgumentsFor,
  simulatorArguments,
  smallPicture,
  streamJoints,
  streamPictures,
} from './widowx.ts';

/** From the signal to the end of the process. */
const LIMIT_MS = 1000;

/** Longer where the machine is so busy that even an empty program (some 40 ms) takes long. */
function limitMs(): number {
  const startMs = performance.now();
  spawnSync(process.execPath, ['--eval', '0']);
  return Math.max(LIMIT_MS, 20 * (performance.now() - startMs));
}

describe('the end of a node', () => {
  let session: RosSession;
  let peer: Peer;
  let model: Awaited<ReturnType<typeof slowModel>>;
  before(async () => {
    session = await RosSession.open();
    model = await slowModel();
    peer = await session.startPeer();
    await peer.watchDiagnostics();
    session.startNode('perception', perceptionArguments);
    await peer.watch('/plan', 'st4vla_ros/msg/SpatialPlan');
    await streamJoints(peer);
    await streamPictures(peer, smallPicture);
    await peer.publish('/instruction', 'std_msgs/msg/String', { data: 'spoon' }, 'latched');
  });
  after(async () => {
    await session.close();
    await model.dispose();
  });

  const policyArguments = () => policyArgumentsFor(model.folder);
  const cases: [string, NodeJS.Signals, () => string[]][] = [
    ['policy', 'SIGTERM', policyArguments],
    ['policy', 'SIGINT', policyArguments],
    ['controller', 'SIGINT', () => controllerArguments],
    ['simulator', 'SIGTERM', () => simulatorArguments],
    ['perception', 'SIGTERM', () => [...perceptionArguments, '-r', '__ns:=/other']],
  ];
  for (const [name, signal, rosArguments] of cases) {
    it(`${name} exits with 0 within a second of ${signal}, also while it works`, async () => {
      peer.forget('/diagnostics');
      peer.forget('/plan');
      const node = session.startNode(name, rosArguments());
      await session.until('activity', () => {
        const found = peer.diagnostic(`/${name}: callbacks`);
        const other = peer.diagnostic(`/other/${name}: callbacks`);
        return (name === 'perception' ? other : found)?.values.active === 'true';
      });
      // Without a pause between two runs the signal comes in the middle of one.
      if (name === 'policy') await session.until('inference', () => peer.last('/plan'));
      const startMs = performance.now();
      node.process.kill(signal);
      assert.equal(await node.ended, 0, node.output());
      const tookMs = performance.now() - startMs;
      const allowedMs = limitMs();
      assert.ok(tookMs < allowedMs, `${tookMs.toFixed(0)} ms, allowed ${allowedMs.toFixed(0)} ms`);
    });
  }

  const longCases = [
    ['in a run', 0],
    ['while loading', 255],
  ] as const;
  for (const [when, goldenLevel] of longCases) {
    it(`policy exits with 0 within a second of SIGTERM ${when} that takes minutes`, async () => {
      const long = await slowModel('long_vision.onnx', goldenLevel);
      try {
        const node = session.startNode('policy', policyArgumentsFor(long.folder));
        const children = () => childrenOf(node.process.pid!);
        const isBusy = async () => (await children()).some(({ cpuSec }) => cpuSec > 2);
        await session.until('a run that does not end', isBusy, 60_000);
        const pids = (await children()).map(({ pid }) => pid);
        const startMs = performance.now();
        node.process.kill('SIGTERM');
        assert.equal(await node.ended, 0, node.output());
        const tookMs = performance.now() - startMs;
        const allowedMs = limitMs();
        assert.ok(tookMs < allowedMs, `${tookMs.toFixed(0)} of ${allowedMs.toFixed(0)} ms`);
        await session.until('the end of its processes', () => pids.every((pid) => !isAlive(pid)));
      } finally {
        await long.dispose();
      }
    });
  }
});
