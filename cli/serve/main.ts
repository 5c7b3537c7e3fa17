import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readBoundedText } from '../../adapters/files/readBounded.ts';
import { createPolicy } from '../../adapters/model/createPolicy.ts';
import { MANIFEST_FILE } from '../../adapters/model/Manifest.ts';
import { ModelPackage } from '../../adapters/model/ModelPackage.ts';
import { clientManifest } from '../../adapters/remote/clientManifest.ts';
import { servePolicy } from '../../adapters/remote/servePolicy.ts';
import { print, printError } from '../../adapters/terminal/print.ts';
import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import { failed } from '../arguments/runCommand.ts';
import type { ServeArguments } from './serveArguments.ts';

/** Of a key or a certificate with its chain, bytes. */
const LARGEST_FILE = 1 << 18;

/** `st4vla serve …`; resolves to the exit code. */
export async function run(args: ServeArguments): Promise<number> {
  try {
    await serve(args);
    return 0;
  } catch (error) {
    return failed('serve', error);
  }
}

async function serve({ tls, apiKeyFile, client, ...options }: ServeArguments): Promise<void> {
  const read = (file: string) => readBoundedText(file, LARGEST_FILE);
  const apiKey = apiKeyFile === undefined ? undefined : read(apiKeyFile).trim();
  if (apiKey === '') throw new RangeError(`${apiKeyFile}: expected a text, found none`);
  const certificate = tls && { cert: read(tls.cert), key: read(tls.key) };
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
    const server = await servePolicy(modelPackage, policy, {
      ...options,
      apiKey,
      tls: certificate,
    });
    const scheme = tls === undefined ? 'ws' : 'wss';
    const host = options.host.includes(':') ? `[${options.host}]` : options.host;
    const url = `${scheme}://${host}:${server.port}`;
    if (client !== undefined) {
      const manifest = JSON.stringify(clientManifest(policy, client.url ?? url), null, 1);
      await mkdir(client.folder, { recursive: true });
      await writeFile(join(client.folder, MANIFEST_FILE), `${manifest}\n`);
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
