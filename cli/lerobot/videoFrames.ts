import { spawn } from 'node:child_process';
import type { RgbImage } from '../../core/observation/Observation.ts';

export type VideoPart = {
  readonly path: string;
  readonly fromSec: number;
  readonly fps: number;
  readonly width: number;
  readonly height: number;
};

/**
 * The frames of a video from some time on, by the program ffmpeg.
 * @throws Error where ffmpeg is missing, or cannot read the video
 */
export async function* videoFrames(part: VideoPart): AsyncGenerator<RgbImage, void, undefined> {
  const { path, fromSec, fps, width, height } = part;
  // Half a frame early, so that rounding does not skip the first one.
  const start = Math.max(0, fromSec - 0.5 / fps).toFixed(6);
  const what = ['-ss', start, '-i', path, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-fps_mode'];
  const child = spawn('ffmpeg', ['-v', 'error', ...what, 'passthrough', '-'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const ended = new Promise<string | undefined>((resolve) => {
    child.on('error', (error) => resolve(`needs the program ffmpeg: ${error.message}`));
    child.on('close', (code) =>
      resolve(code === 0 ? undefined : said.trim() || `ended with ${code}`),
    );
  });
  const size = width * height * 3;
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const bytes of child.stdout as AsyncIterable<Buffer>) {
      rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      for (; rest.length >= size; rest = rest.subarray(size)) {
        yield { width, height, data: Uint8Array.from(rest.subarray(0, size)) };
      }
    }
    const fault = await ended;
    if (fault !== undefined) throw new Error(`${path}: ${fault}`);
  } finally {
    child.kill('SIGKILL');
  }
}
