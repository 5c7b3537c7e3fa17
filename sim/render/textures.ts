import type { Texture } from './Primitive.ts';

/** Brightness of a pattern at a point of the primitive's frame, metres; about 0.6…1.1. */
export type TextureFunction = (x: number, y: number, z: number) => number;

/** Patterns use only +, −, ×, floor and integer hashes: the same value on every machine. */
export const textures: Record<Texture, TextureFunction> = {
  wood: (x, y) => {
    const plank = Math.floor(y / 0.11 + 0.35);
    const inPlank = y / 0.11 + 0.35 - plank;
    const tone = 0.9 + 0.1 * hash(plank, 7);
    const shift = hash(plank, 3) * 5;
    const wave = noise(x * 4 + shift, y * 12) * 0.05;
    const grain = noise(x * 5 + shift, (y + wave) * 130);
    const fine = noise(x * 22 + shift, (y + wave) * 380);
    const seam = inPlank < 0.02 ? 0.72 : 1;
    return (tone + (grain - 0.5) * 0.13 + (fine - 0.5) * 0.07) * seam;
  },
  checker: (x, y) => ((Math.floor(x / 0.04) + Math.floor(y / 0.04)) & 1 ? 1 : 0.72),
  cloth: (x, y) => {
    const stripe = Math.abs(Math.abs(y) - 0.045) < 0.006 ? 1.32 : 1;
    const thread = (Math.floor(x / 0.005) + Math.floor(y / 0.005)) & 1 ? 1 : 0.94;
    return stripe * thread * (0.96 + 0.08 * noise(x * 90, y * 90));
  },
  weave: (x, y, z) => {
    const row = Math.floor(z / 0.011);
    const column = Math.floor((x + y) / 0.016);
    return (row + column) & 1 ? 1 : 0.86;
  },
  tiles: (x, y) => {
    const [u, v] = [x / 0.3, y / 0.3];
    const [iu, iv] = [Math.floor(u), Math.floor(v)];
    if (u - iu < 0.03 || v - iv < 0.03) return 0.8;
    return 0.95 + 0.07 * hash(iu, iv);
  },
  stone: (x, y) => {
    const cloud = noise(x * 9, y * 9);
    const speckle = noise(x * 170, y * 170);
    return 0.86 + 0.12 * cloud + (speckle > 0.78 ? -0.2 : 0.06 * speckle);
  },
};

/** A pseudo-random number 0…1 of a lattice point. */
function hash(x: number, y: number): number {
  let h = (Math.imul(x, 374761393) + Math.imul(y, 668265263)) | 0;
  h = Math.imul(h ^ (h >>> 13), 1274126177);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

/** Value noise 0…1 with smooth interpolation. */
function noise(x: number, y: number): number {
  const ix = Math.floor(x);
  const iy = Math.floor(y);
  const fx = x - ix;
  const fy = y - iy;
  const sx = fx * fx * (3 - 2 * fx);
  const sy = fy * fy * (3 - 2 * fy);
  const low = hash(ix, iy) * (1 - sx) + hash(ix + 1, iy) * sx;
  const high = hash(ix, iy + 1) * (1 - sx) + hash(ix + 1, iy + 1) * sx;
  return low * (1 - sy) + high * sy;
}
