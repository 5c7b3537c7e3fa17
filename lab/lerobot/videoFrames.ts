import { spawn } from 'node:child_process';
import { PICTURE_LIMITS, tooLarge } from '../../adapters/image/pictureLimits.ts';
import type { RgbImage } from '../../core/observation/Observation.ts';
import { printable } from '../../core/text/printable.ts';

export type VideoPart = {
  readonly path: string;
  readonly fromSec: number;
  readonly fps: number;
  readonly width: number;
  readonly height: number;
};

/** Containers of videos; not those of lists of files. */
const FORMATS = 'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi';
/** Of what ffmpeg says, characters. */
const MAX_REPORTED = 2000;

/**
 * The frames of a video from some time on, by the program ffmpeg.
 * @throws Error where ffmpeg is missing, or cannot read the video
 */
export async function* videoFrames(part: VideoPart): AsyncGenerator<RgbImage, void, undefined> {
  const { path, fromSec, fps, width, height } = part;
  const fault = tooLarge(part, PICTURE_LIMITS);
  if (fault !== undefined) throw new Error(`${path}: ${fault}`);
  // Half a frame early, so that rounding does not skip the first one.
  const start = Math.max(0, fromSec - 0.5 / fps).toFixed(6);
  // One file, and none that it may refer to: a playlist could name any other.
  const only = ['-protocol_whitelist', 'file', '-format_whitelist', FORMATS];
  const what = [
    ...only,
    '-ss',
    start,
    '-i',
    `file:${path}`,
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb24',
    '-fps_mode',
  ];
  const child = spawn('ffmpeg', ['-v', 'error', ...what, 'passthrough', '-'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text: Buffer) => {
    if (said.length < MAX_REPORTED) said += text.toString();
  });
  const ended = new Promise<string | undefined>((resolve) => {
    child.on('error', (error) => resolve(`needs the program ffmpeg: ${error.message}`));
    child.on('close', (code) =>
      resolve(code === 0 ? undefined : printable(said.trim()) || `ended with ${code}`),
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
