import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { decodeFrame, encodeFrame, type WireValue } from '../../adapters/remote/wire.ts';
import { quantile } from '../../core/math/statistics.ts';

import type { Figure } from './Figure.ts';

const REQUESTS = 200;
const WARM_UP = 20;
const START_LIMIT_MS = 60_000;

/** Pictures as a camera has them, and as the policy node sends them. */
const SIZES = [
  { width: 640, height: 480 },
  { width: 160, height: 120 },
] as const;

type Answer = { readonly policy_timing: { readonly infer_ms: number } };

/**
 * What a websocket on this machine adds to a model's own time, from the request's encoding to the
 * decoded answer, ms.
 * @param model folder of the model package
 * @throws Error where the server does not start
 */
export async function remoteFigures(model: string): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'st4vla-bench-remote-'));
  const main = fileURLToPath(new URL('../main.js', import.meta.url));
  const args = [main, 'serve', model, '--port', '0', '--client', folder];
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    const url = await addressOf(folder, () => server.exitCode !== null);
    const figures: Figure[] = [];
    for (const size of SIZES) figures.push(...(await figuresOf(url, size)));
    return figures;
  } finally {
    server.kill('SIGINT');
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
    await rm(folder, { recursive: true });
  }
}

/** The address in the manifest that the server writes when it listens. */
async function addressOf(folder: string, hasEnded: () => boolean): Promise<string> {
  const deadlineMs = performance.now() + START_LIMIT_MS;
  while (!hasEnded() && performance.now() < deadlineMs) {
    const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => '');
    if (text.endsWith('\n')) return (JSON.parse(text) as { remote: { url: string } }).remote.url;
    await sleep(50);
  }
  throw new Error('the policy server did not start');
}

async function figuresOf(url: string, { width, height }: (typeof SIZES)[number]) {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const next = async (): Promise<WireValue> => {
    const [data] = (await once(socket, 'message')) as [Buffer];
    return decodeFrame(data);
  };
  await next();
  const data = new Uint8Array(width * height * 3);
  const request = {
    'observation/image': { dtype: '|u1', shape: [height, width, 3], data },
    'observation/state': [0.29, -0.01, 0.14, 0, 0.1, 0, 1],
    prompt: `put the spoon on the towel`,
  };
  const addedMs: number[] = [];
  for (let i = 0; i < WARM_UP + REQUESTS; i++) {
    data.fill(i & 255);
    const startMs = performance.now();
    socket.send(encodeFrame(request));
    const { policy_timing } = (await next()) as unknown as Answer;
    if (i >= WARM_UP) addedMs.push(performance.now() - startMs - policy_timing.infer_ms);
  }
  socket.terminate();
  const name = `websocket, ${width} × ${height} raw: added to the model's time`;
  return [
    { name: `${name}, p50`, value: quantile(addedMs, 0.5), unit: 'ms', wanted: { atMost: 3 } },
    { name: `${name}, p99`, value: quantile(addedMs, 0.99), unit: 'ms' },
  ];
}
