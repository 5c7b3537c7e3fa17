import type { DatasetKind } from '../../sim/tasks/DatasetKind.ts';
import type { NpyType } from './npy.ts';

/** Size of the images that models see, whatever the camera's: one model may know both arms. */
export const IMAGE_WIDTH = 160;
export const IMAGE_HEIGHT = 120;
export const TRAJECTORY_POINTS = 8;
export const CHUNK_TICKS = 16;
export const ACTION_NUMBERS = 7;
export const PROPRIO_NUMBERS = 7;
/** Order of the second axis of `points` and `visible`. */
export const POINT_NAMES = ['pick', 'place', 'grip_a', 'grip_b'] as const;
/** Order of the second axis of `boxes`. */
export const BOX_NAMES = ['source', 'target'] as const;

export type ColumnSpec = { readonly type: NpyType; readonly shape: readonly number[] };

/** Columns of both kinds of data set; the shape is that of one row. */
const GROUNDING = {
  image: { type: 'u8', shape: [IMAGE_HEIGHT, IMAGE_WIDTH, 3] },
  instruction_id: { type: 'i32', shape: [] },
  points: { type: 'f32', shape: [POINT_NAMES.length, 2] },
  visible: { type: 'f32', shape: [POINT_NAMES.length] },
  boxes: { type: 'f32', shape: [BOX_NAMES.length, 4] },
  trajectory: { type: 'f32', shape: [TRAJECTORY_POINTS, 2] },
} as const satisfies Record<string, ColumnSpec>;

const ACTING = {
  proprio: { type: 'f32', shape: [PROPRIO_NUMBERS] },
  actions: { type: 'f32', shape: [CHUNK_TICKS, ACTION_NUMBERS] },
  executed: { type: 'f32', shape: [ACTION_NUMBERS] },
  episode: { type: 'i32', shape: [] },
  tick: { type: 'i32', shape: [] },
  success: { type: 'u8', shape: [] },
} as const satisfies Record<string, ColumnSpec>;

export type Columns = Readonly<Record<string, ColumnSpec>>;

export function columnsOf(kind: DatasetKind): Columns {
  return kind === 'static' ? GROUNDING : { ...GROUNDING, ...ACTING };
}

/** One row: numbers by column, in the column's own order. */
export type GroundingRow = {
  readonly image: Uint8Array;
  readonly instruction: string;
  readonly points: ArrayLike<number>;
  readonly visible: ArrayLike<number>;
  readonly boxes: ArrayLike<number>;
  readonly trajectory: ArrayLike<number>;
};

export type EpisodeRow = GroundingRow & {
  readonly proprio: ArrayLike<number>;
  readonly actions: ArrayLike<number>;
  readonly executed: ArrayLike<number>;
  readonly episode: number;
  readonly tick: number;
  readonly success: number;
};
