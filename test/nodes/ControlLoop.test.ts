import assert from 'node:assert/strict';
import { Controller } from '../../core/control/Controller.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import { newestChunkSpec, newQueue } from '../../core/execution/ExecutionSpec.ts';
import { ControlLoop, type ControlLoopParts } from '../../nodes/controller/ControlLoop.ts';
import { widowxUrdf } from '../core/arm.ts';

const options = () => ({
  embodiment: widowx,
  urdf: widowxUrdf,
  queue: newQueue(newestChunkSpec()),
});

/** A loop around the real controller, with a memory of one fault and nothing else outside. */
class LoopBench {
  readonly memory = {
    faultReason: undefined as string | undefined,
    stopReason: undefined,
    fault: (reason: string) => (this.memory.faultReason ??= reason),
  };
  readonly controller = {
    core: new Controller(options()),
    replace: () => (this.controller.core = new Controller(options())),
  };
  readonly sink = {
    isBraking: false,
    preparations: 0,
    notReady: () => (this.sink.isBraking ? 'braking' : undefined),
    send: () => undefined,
    prepare: () => void this.sink.preparations++,
    comeToRest: () => void (this.sink.isBraking = true),
  };
  readonly loop: ControlLoop;
  #nowNs = 1_000_000_000n;

  constructor() {
    const nothing = () => undefined;
    const parts = {
      node: { nowNs: () => (this.#nowNs += 20_000_000n), guard: { report: nothing } },
      controller: this.controller,
      sink: this.sink,
      report: { statistics: { pause: nothing }, publish: nothing },
      memory: this.memory,
      hands: { look: nothing, conflict: nothing },
    };
    this.loop = new ControlLoop(parts as unknown as ControlLoopParts);
    this.loop.configure();
    this.loop.activate();
  }

  get core(): Controller {
    return this.controller.core;
  }

  /** Of the next period. */
  get status(): string {
    this.loop.step();
    return this.core.step(this.#nowNs).status;
  }
}

describe('ControlLoop', () => {
  const comesAndGoes = ({ core }: LoopBench) => {
    core.driverFault('torque is off');
    core.driverFault(undefined);
  };
  const ways: [string, (bench: LoopBench) => void][] = [
    ['between two periods', comesAndGoes],
    [
      'just before the node is deactivated',
      (bench) => {
        bench.core.driverFault('torque is off');
        bench.loop.deactivate();
        bench.core.driverFault(undefined);
        bench.loop.activate();
      },
    ],
    [
      'while the node is inactive',
      (bench) => {
        bench.loop.deactivate();
        comesAndGoes(bench);
        bench.loop.activate();
      },
    ],
    [
      'before another configuration',
      (bench) => {
        bench.loop.deactivate();
        comesAndGoes(bench);
        bench.loop.configure();
        bench.loop.activate();
      },
    ],
  ];
  for (const [when, happens] of ways) {
    it(`keeps a fault of the driver that comes and goes ${when}, until it is resumed`, () => {
      const bench = new LoopBench();
      happens(bench);
      assert.equal(bench.status, 'FAULT');
      assert.equal(bench.memory.faultReason, 'torque is off');
      bench.memory.faultReason = undefined;
      bench.core.resume();
      assert.notEqual(bench.status, 'FAULT');
    });
  }

  it('lets an arm that was deactivated in motion come to rest before it commands it again', () => {
    const bench = new LoopBench();
    bench.loop.step();
    bench.loop.deactivate();
    bench.loop.activate();
    assert.equal(bench.status, 'STOPPED');
    assert.equal(bench.sink.preparations, 1);
    bench.sink.isBraking = false;
    assert.notEqual(bench.status, 'STOPPED');
    assert.equal(bench.sink.preparations, 2);
  });
});
