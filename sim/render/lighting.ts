import type { Vec3 } from '../../core/math/types.ts';
import type { Rgb } from './Primitive.ts';

/** Unit vector. */
const normalised = (x: number, y: number, z: number): Float64Array => {
  const n = Math.sqrt(x * x + y * y + z * z);
  return Float64Array.of(x / n, y / n, z / n);
};

/** Where the light comes from, in the base frame: above, from the left of the arm and behind it. */
export const towardsSun = normalised(-0.24, 0.4, 0.88);

/** What a scene is lit by. */
export type Light = {
  /** Unit vector in the base frame; above the horizon. */
  readonly towardsSun: Float64Array;
  /** Factor of every brightness; 1 in the scenes that models are trained on. */
  readonly exposure: number;
};

export const daylight: Light = { towardsSun, exposure: 1 };

/** The light of a sun that stands in another direction, given by a vector of any length. */
export function lightFrom([x, y, z]: Vec3, exposure = 1): Light {
  return { towardsSun: normalised(x, y, z), exposure };
}

/** Share of a surface's brightness that is left in the sun's shadow. */
export const shadowBrightness = 0.68;

/** Palette entries per unit of brightness; entries above this are highlights towards white. */
export const paletteUnit = 160;

const ambient = 0.46;
const skyGain = 0.06;
const fillGain = 0.22;
const sunGain = 0.48;
const highlightGain = 0.3;

/**
 * Brightness of a surface, in palette entries: ambient light, a little more from the sky than from
 * the floor and from the viewer's side, Lambert's cosine for the sun, Blinn's highlight (n·h)³².
 *
 * @param up cosine between normal and vertical
 * @param sun cosine between normal and sun
 * @param viewer cosine between normal and the direction of the viewer
 * @param half cosine between normal and the half vector of sun and viewer
 */
export function brightness(up: number, sun: number, viewer: number, half: number): number {
  let light = ambient + skyGain * up;
  if (viewer > 0) light += fillGain * viewer;
  if (sun > 0) {
    light += sunGain * sun;
    if (half > 0) {
      const h2 = half * half;
      const h4 = h2 * h2;
      const h8 = h4 * h4;
      const h16 = h8 * h8;
      light += highlightGain * h16 * h16;
    }
  }
  return light * paletteUnit;
}

/** The half vector of the sun and a distant viewer, both as unit vectors away from the surface. */
export function halfVector(sun: ArrayLike<number>, towardsViewer: ArrayLike<number>): Float64Array {
  return normalised(
    sun[0]! + towardsViewer[0]!,
    sun[1]! + towardsViewer[1]!,
    sun[2]! + towardsViewer[2]!,
  );
}

/**
 * 256 RGB triples: a colour at each brightness, black at 0, itself at `paletteUnit` where the
 * exposure is 1.
 */
export function buildPalette(color: Rgb, exposure = 1): Uint8Array {
  const palette = new Uint8Array(256 * 3);
  for (let i = 0; i < 256; i++) {
    const light = (i / paletteUnit) * exposure;
    for (let channel = 0; channel < 3; channel++) {
      const c = color[channel]!;
      const value = light <= 1 ? c * light : c + (1 - c) * (light - 1);
      palette[i * 3 + channel] = Math.floor(Math.min(1, Math.max(0, value)) * 255 + 0.5);
    }
  }
  return palette;
}
