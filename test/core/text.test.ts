import assert from 'node:assert/strict';
import { boundText, MAX_CHARACTERS } from '../../core/text/boundText.ts';
import { instructionFault, isSameInstruction } from '../../core/text/instruction.ts';

describe('boundText', () => {
  it('leaves what is short, and cuts what is long with an ellipsis', () => {
    assert.equal(boundText(''), '');
    assert.equal(boundText('x'.repeat(MAX_CHARACTERS)), 'x'.repeat(MAX_CHARACTERS));
    const cut = boundText('x'.repeat(10_000_000));
    assert.equal(cut, `${'x'.repeat(MAX_CHARACTERS - 1)}…`);
    assert.equal(boundText('abcdef', 4), 'abc…');
  });

  it('cuts no character in two', () => {
    assert.equal(boundText('ab😀cd', 4), 'ab…');
    assert.equal(boundText('ab😀cd', 5), 'ab😀…');
    assert.equal(boundText('😀😀', 1), '…');
  });
});

describe('instruction', () => {
  it('is the same sentence whatever the white space, letter by letter', () => {
    const sentence = 'put the spoon on the towel';
    for (const same of [sentence, ` ${sentence}\n`, 'put  the\tspoon on the towel']) {
      assert.ok(isSameInstruction(sentence, same), same);
    }
    for (const other of ['Put the spoon on the towel', `${sentence}.`, 'put the spoon on', '']) {
      assert.ok(!isSameInstruction(sentence, other), other);
    }
  });

  it('has words, and not too many', () => {
    assert.equal(instructionFault('a'.repeat(512)), undefined);
    assert.match(instructionFault('a'.repeat(513)) ?? '', /513 characters, at most 512 are read/);
    for (const none of ['', '  ', '?!', '\u001b']) {
      assert.equal(instructionFault(none), 'the instruction has no words');
    }
    assert.equal(instructionFault('拿起勺子'), undefined);
  });
});
