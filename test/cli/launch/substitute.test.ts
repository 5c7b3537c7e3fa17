import assert from 'node:assert/strict';
import { substitute } from '../../../cli/launch/substitute.ts';

/** Shows how the words of a substitution were taken apart. */
const show = (name: string, args: readonly string[]): string => `<${[name, ...args].join('|')}>`;

describe('launch substitutions', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['plain text', 'plain text'],
    ['', ''],
    ['$(var robot)', '<var|robot>'],
    ['a/$(var robot).yaml', 'a/<var|robot>.yaml'],
    ['$(var a)$(var b)', '<var|a><var|b>'],
    ['$(env HOME /root)', '<env|HOME|/root>'],
    ["$(env HOME 'a b')", '<env|HOME|a b>'],
    ['$(env HOME "")', '<env|HOME|>'],
    ['$(var $(var name))', '<var|<var|name>>'],
    ["$(env A '$(var b) c')", '<env|A|<var|b> c>'],
    ['$(dirname)', '<dirname>'],
    ['cost: 5$ (five)', 'cost: 5$ (five)'],
    ['\\$(var x)', '$(var x)'],
  ];
  for (const [text, expected] of cases)
    it(`reads ${JSON.stringify(text)}`, () => assert.equal(substitute(text, show), expected));

  for (const text of ['$(var robot', '$()', "$(env A 'b)"])
    it(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => substitute(text, show)));

  it('does not take a resolved value apart again', () => {
    assert.equal(
      substitute('$(var $(env X))', (_, args) => (args[0] === 'X' ? 'two words)' : args.join('|'))),
      'two words)',
    );
  });
});
