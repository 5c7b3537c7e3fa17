import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPolicy } from '../../adapters/model/createPolicy.ts';
import { MANIFEST_FILE } from '../../adapters/model/Manifest.ts';
import { ModelPackage } from '../../adapters/model/ModelPackage.ts';
import { clientManifest } from '../../adapters/remote/clientManifest.ts';
import { servePolicy } from '../../adapters/remote/servePolicy.ts';
import { print, printError } from '../../adapters/terminal/print.ts';
import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import { parseServeArguments, SERVE_USAGE, type ServeArguments } from './serveArguments.ts';

/** `st4vla serve …`; resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const parsed = parseServeArguments(args);
  if (parsed.kind === 'help') {
    process.stdout.write(SERVE_USAGE);
    return 0;
  }
  if (parsed.kind === 'faults') {
    printError(`st4vla serve: ${parsed.faults.join('\n              ')}\n`);
    return 2;
  }
  try {
    await serve(parsed.arguments);
    return 0;
  } catch (error) {
    printError(`st4vla serve: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

async function serve(options: ServeArguments): Promise<void> {
  const modelPackage = await ModelPackage.load(options.modelFolder);
  const policy = await createPolicy(modelPackage, {
    embodiment: embodimentByName(options.robot),
    isolation: 'process',
    plannerThreads: options.threads,
    expertThreads: options.threads,
    noiseSeed: options.noiseSeed,
    report: (message) => printError(`${message}\n`),
  });
  try {
    const server = await servePolicy(modelPackage, policy, options);
    const scheme = options.tls === undefined ? 'ws' : 'wss';
    const host = options.host.includes(':') ? `[${options.host}]` : options.host;
    const url = `${scheme}://${host}:${server.port}`;
    const { clientFolder, clientUrl = url } = options;
    if (clientFolder !== undefined) {
      const manifest = JSON.stringify(clientManifest(policy, clientUrl), null, 1);
      await mkdir(clientFolder, { recursive: true });
      await writeFile(join(clientFolder, MANIFEST_FILE), `${manifest}\n`);
    }
    print(`${policy.spec.name} listens on ${url}\n`);
    await endSignal();
    await server.close();
  } finally {
    await policy.close();
  }
}

function endSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}
