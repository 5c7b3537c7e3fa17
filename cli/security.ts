import { parseArgs } from 'node:util';
import { policyXml } from './security/policyXml.ts';
import { print, printError } from '../adapters/terminal/print.ts';

const usage = `usage: st4vla security [NAMESPACE]...

The SROS2 policy of arms in these namespaces (none for arms without one), for
\`ros2 security create_permission\`; see docs/security.md.
`;

/** `st4vla security`: who may do what, as a policy for SROS2. */
export function run(args: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { help: { type: 'boolean' } },
      allowPositionals: true,
    });
    if (values.help) process.stdout.write(usage);
    else print(policyXml(positionals.length > 0 ? positionals.map(absolute) : ['/']));
    return Promise.resolve(0);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    printError(`st4vla security: ${error.message}\n\n${usage}`);
    return Promise.resolve(2);
  }
}

function absolute(namespace: string): string {
  const name = `/${namespace.replace(/^\/+|\/+$/g, '')}`;
  if (/^(\/[A-Za-z_]\w*)+$/.test(name)) return name;
  throw new Error(`"${namespace}" is no namespace`);
}
