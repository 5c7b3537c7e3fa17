import assert from 'node:assert/strict';
import { ACROSS_MACHINES, compareEvents, EXACT } from '../../../core/replay/compareEvents.ts';
import type { ReplayEvent } from '../../../core/replay/ReplayEvent.ts';

const command = (positions: readonly number[], period = 7): ReplayEvent => ({
  period,
  tick: 0,
  stage: 'command',
  status: 'RUNNING',
  positions,
  velocities: [0, 0],
  gripper: [0.03],
});
const observation = (sha256: string): ReplayEvent => ({
  period: 0,
  tick: 0,
  stage: 'observation',
  id: 1,
  sha256,
  meanColours: [1, 2, 3],
  joints: [0],
});

describe('compareEvents', () => {
  it('finds nothing between what is the same', () => {
    assert.equal(compareEvents(command([1, 2]), command([1, 2]), EXACT), undefined);
    assert.equal(compareEvents(command([0]), command([-0]), EXACT), undefined);
    assert.equal(compareEvents(undefined, undefined, EXACT), undefined);
  });

  it('says which number differs the most, and by how much', () => {
    assert.deepEqual(compareEvents(command([1, 2, 3]), command([1, 2.5, 3.25]), EXACT), {
      tick: 0,
      period: 7,
      stage: 'command',
      field: 'positions',
      expected: '[1] = 2',
      found: '[1] = 2.5',
      size: 0.5,
    });
    const last = 1 + Number.EPSILON;
    assert.equal(compareEvents(command([1]), command([last]), EXACT)?.size, Number.EPSILON);
    assert.equal(compareEvents(command([1]), command([NaN]), EXACT)?.size, Infinity);
  });

  it('takes small differences for none across machines, but no large ones', () => {
    const compare = (by: number) => compareEvents(command([1]), command([1 + by]), ACROSS_MACHINES);
    assert.equal(compare(0.004), undefined);
    assert.ok(compare(0.006)!.size! > 0.005);
    assert.equal(compareEvents(observation('a'), observation('b'), ACROSS_MACHINES), undefined);
    assert.equal(compareEvents(observation('a'), observation('b'), EXACT)?.field, 'sha256');
  });

  it('says where one has nothing, something later, or more numbers', () => {
    assert.equal(compareEvents(command([1]), undefined, EXACT)?.found, 'nothing more');
    assert.equal(compareEvents(undefined, command([1]), EXACT)?.expected, 'nothing more');
    const later = compareEvents(command([1], 7), command([1], 8), ACROSS_MACHINES);
    assert.deepEqual(
      [later?.field, later?.expected, later?.found],
      ['', 'command in period 7', 'command in period 8'],
    );
    assert.equal(compareEvents(command([1]), command([1, 2]), ACROSS_MACHINES)?.found, '[1,2]');
  });
});
