import { print } from '../adapters/terminal/print.ts';
import { defineCommand } from './arguments/Command.ts';
import { policyXml } from './security/policyXml.ts';

export const command = defineCommand({
  name: 'security',
  about:
    'Prints the SROS2 policy of arms, for `ros2 security create_permission`; see docs/security.md.',
  positionals: [
    {
      name: 'NAMESPACE',
      help: 'namespace of an arm; the policy of one arm without a namespace by default',
      expected: 'a namespace',
      isOptional: true,
      isRepeated: true,
    },
  ],
  options: {},
  build(_, { words, refuse }): readonly string[] {
    const namespaces = words.map((word) => `/${word.replace(/^\/+|\/+$/g, '')}`);
    for (const [i, name] of namespaces.entries()) {
      if (/^(\/[A-Za-z_]\w*)+$/.test(name)) continue;
      refuse(`NAMESPACE: expected a namespace such as wx250s, found "${words[i]}"`);
    }
    return namespaces.length > 0 ? namespaces : ['/'];
  },
});

/** `st4vla security`: what each part may do, as a policy for SROS2. */
export async function run(namespaces: readonly string[]): Promise<number> {
  print(policyXml(namespaces));
  return 0;
}
