import assert from 'node:assert/strict';
import { machineKind } from '../../lab/machineKind.ts';

describe('the kind of a machine', () => {
  const wide = 'model name\t: AMD EPYC\nflags\t\t: fpu avx avx2 fma avx512f avx512_bf16 sse2\n';

  it('tells processors apart that have the same name', () => {
    const narrow = wide.replace(' avx512f avx512_bf16', '');
    assert.notEqual(machineKind(wide), machineKind(narrow));
    assert.match(machineKind(wide), /, avx, avx2, avx512_bf16, avx512f, fma$/);
    assert.match(machineKind(narrow), /, avx, avx2, fma$/);
  });

  it('does not hang on the order of flags, or on those that do not count', () => {
    assert.equal(machineKind(wide), machineKind(wide.replace('fpu avx avx2', 'avx2 avx')));
  });

  it('reads what Arm calls features', () => {
    assert.match(machineKind('Features\t: fp asimd asimddp i8mm\n'), /, asimddp, i8mm$/);
  });

  it('is the name where the system tells no more', () => {
    assert.equal(machineKind('').split(', ').length, 2);
  });
});
