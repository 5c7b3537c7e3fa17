import assert from 'node:assert/strict';
import type { JointSample, View } from '../../../core/observation/Observation.ts';
import { RecordedWorld } from '../../../core/replay/RecordedWorld.ts';

const START_NS = 1_000_000_000n;
const ms = (value: number) => START_NS + BigInt(value) * 1_000_000n;
const sample = (stamp: number): JointSample => ({
  stampNs: ms(stamp),
  names: [],
  positions: new Float64Array(0),
  velocities: new Float64Array(0),
});

describe('RecordedWorld', () => {
  let decoded: string[];
  const frame = (view: string, at: number, damaged = false) => ({
    kind: 'frame' as const,
    arrivalNs: ms(at),
    frame: {
      decode: () => {
        decoded.push(`${view} ${at}`);
        const image = { width: 1, height: 1, data: new Uint8Array(3) };
        const seen: View = { name: view, image, stampNs: ms(at) };
        return Promise.resolve(damaged ? undefined : seen);
      },
    },
  });
  const views = async (world: RecordedWorld) =>
    (await world.look())?.map(
      ({ name, stampNs }) => `${name} ${(stampNs - START_NS) / 1_000_000n}`,
    );
  beforeEach(() => (decoded = []));

  it('hands out joint states once, when their time has come', () => {
    const world = new RecordedWorld(START_NS);
    for (const at of [0, 5, 20, 21]) {
      world.add({ kind: 'joints', arrivalNs: ms(at), sample: sample(at) });
    }
    const stamps = () => world.jointSamples().map(({ stampNs }) => stampNs - START_NS);
    assert.deepEqual(stamps(), [0n]);
    assert.deepEqual(stamps(), []);
    world.step();
    assert.equal(world.timeNs, ms(20));
    assert.deepEqual(stamps(), [5_000_000n, 20_000_000n]);
  });

  it('shows every frame, once, and decodes none before its time', async () => {
    const world = new RecordedWorld(START_NS);
    for (const at of [0, 10, 15, 30]) world.add(frame('front', at));
    world.add(frame('wrist', 35));
    assert.deepEqual(await views(world), ['front 0']);
    assert.equal(await views(world), undefined);
    world.step();
    assert.deepEqual(await views(world), ['front 10', 'front 15']);
    assert.deepEqual(decoded, ['front 0', 'front 10', 'front 15']);
    world.step();
    assert.deepEqual(await views(world), ['front 30', 'wrist 35']);
  });

  it('leaves out a damaged frame', async () => {
    const world = new RecordedWorld(START_NS);
    world.add(frame('front', 0, true));
    assert.equal(await views(world), undefined);
  });

  it('tells an instruction once, of several the last', () => {
    const world = new RecordedWorld(START_NS);
    world.add({ kind: 'instruction', arrivalNs: ms(1), text: 'one' });
    world.add({ kind: 'instruction', arrivalNs: ms(2), text: 'two' });
    assert.equal(world.instruction(), undefined);
    world.step();
    assert.equal(world.instruction(), 'two');
    assert.equal(world.instruction(), undefined);
  });
});
