import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { modelFolder } from '../../adapters/files/packageFiles.ts';
import { urlFault } from '../../adapters/remote/RemoteManifest.ts';
import { EMBODIMENTS } from '../../core/embodiment/embodimentByName.ts';
import { OptionReader } from '../OptionReader.ts';

export const SERVE_USAGE = `usage: st4vla serve [MODEL] [options]

Serves a model package by websocket, without ROS, to clients of openpi, InternVLA-M1 and starVLA; the
request says which it is. Ends with Ctrl-C.

  MODEL                a model package, by default the robot's own
  --robot NAME         the arm that clients move, widowx (default) or google_robot
  --host ADDRESS       address to listen on, 127.0.0.1 by default; any other one needs --api-key-file
  --port P             port, 8000 by default
  --api-key-file FILE  clients have to send \`Authorization: Api-Key …\` with the text of this file
  --tls-cert FILE, --tls-key FILE   PEM files; clients then use wss://
  --client DIR         write a manifest there, with which another computer uses this server as a model
  --client-url URL     the address in it, by default the one that is printed
  --noise-seed S       seed of the denoising's noise, 0 by default
  --threads N          threads of each of planner and expert, 1 by default
`;

export type ServeArguments = {
  readonly modelFolder: string;
  readonly robot: string;
  readonly host: string;
  readonly port: number;
  readonly apiKey: string | undefined;
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  readonly clientFolder: string | undefined;
  readonly clientUrl: string | undefined;
  readonly noiseSeed: bigint;
  readonly threads: number;
};

export type ParsedServe =
  | { readonly kind: 'run'; readonly arguments: ServeArguments }
  | { readonly kind: 'help' }
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  robot: { type: 'string' },
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string' },
  'api-key-file': { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  client: { type: 'string' },
  'client-url': { type: 'string' },
  'noise-seed': { type: 'string' },
  threads: { type: 'string' },
} as const;

/** Reads the command line; all faults at once. */
export function parseServeArguments(args: readonly string[]): ParsedServe {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    return { kind: 'faults', faults: [(error as Error).message] };
  }
  const { values, positionals } = parsed;
  if (values.help) return { kind: 'help' };
  const faults: string[] = [];
  if (positionals.length > 1) faults.push(`expected one model, found ${positionals.length}`);
  const read = new OptionReader(values, faults);
  const names = EMBODIMENTS.map(({ name }) => name);
  const robot = read.oneOf('robot', names, 'widowx');
  const port = read.integer('port', 0, 8000);
  if (port > 65_535) faults.push(`--port: expected at most 65535, found ${port}`);
  const threads = read.integer('threads', 1, 1);
  const noiseSeed = BigInt(read.integer('noise-seed', 0, 0));
  const fileOf = (name: 'api-key-file' | 'tls-cert' | 'tls-key'): string | undefined => {
    const file = values[name];
    if (file === undefined) return undefined;
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      faults.push(`--${name}: ${(error as Error).message}`);
      return undefined;
    }
  };
  const apiKey = fileOf('api-key-file')?.trim();
  if (apiKey?.length === 0) faults.push('--api-key-file: expected a text, found an empty file');
  const [cert, key] = [fileOf('tls-cert'), fileOf('tls-key')];
  if ((values['tls-cert'] === undefined) !== (values['tls-key'] === undefined))
    faults.push('--tls-cert and --tls-key: expected both or none');
  const { host, client: clientFolder, 'client-url': clientUrl } = values;
  if (clientUrl !== undefined) {
    const fault = urlFault(clientUrl);
    if (fault !== undefined) faults.push(`--client-url: expected ${fault}, found "${clientUrl}"`);
    if (clientFolder === undefined) faults.push('--client-url: expected --client DIR beside it');
  }
  if (!isLoopback(host) && values['api-key-file'] === undefined) {
    const why = `expected --api-key-file FILE beside it, as others can reach ${host}`;
    faults.push(`--host: ${why}`);
  }
  if (faults.length > 0) return { kind: 'faults', faults };
  const tls = cert === undefined || key === undefined ? undefined : { cert, key };
  const folder = modelFolder(positionals[0], robot);
  return {
    kind: 'run',
    arguments: {
      modelFolder: folder,
      robot,
      host,
      port,
      apiKey,
      tls,
      clientFolder,
      clientUrl,
      noiseSeed,
      threads,
    },
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
