import { matrixFromQuat } from '../../core/math/quat.ts';
import type { CameraModel } from './CameraModel.ts';
import { brightness, daylight, halfVector } from './lighting.ts';
import type { Light } from './lighting.ts';
import type { Mesh } from './Mesh.ts';
import type { Primitive } from './Primitive.ts';
import type { TriangleRaster } from './TriangleRaster.ts';

/** Faces whose normal is this close to vertical show shadows. */
const horizontalCosine = 0.995;
/** What rises less than this above a face casts no shadow on it. */
const shadowMinHeightM = 0.002;

/** The horizontal top of a mesh as it is placed, and the rest of its triangles. */
export type HorizontalTop = {
  readonly heightM: number;
  readonly top: Uint16Array;
  readonly rest: Uint16Array;
};

/**
 * Where one primitive is: turns its mesh into lit vertices, or into the vertices of its shadow,
 * in the raster's arrays. Reused for one primitive after the other.
 */
export class Placement {
  readonly #camera: CameraModel;
  readonly #towardsSun: Float64Array;
  readonly #towardsViewer: Float64Array;
  readonly #half: Float64Array;
  readonly #baseFromLocal = new Float64Array(9);
  readonly #cameraFromLocal = new Float64Array(9);
  readonly #position = new Float64Array(3);
  readonly #inCamera = new Float64Array(3);

  constructor(camera: CameraModel, { towardsSun }: Light = daylight) {
    this.#camera = camera;
    this.#towardsSun = towardsSun;
    const m = camera.cameraFromBase;
    this.#towardsViewer = Float64Array.of(-m[6]!, -m[7]!, -m[8]!);
    this.#half = halfVector(towardsSun, this.#towardsViewer);
  }

  set(primitive: Primitive): void {
    const { position, orientation } = primitive.pose;
    const r = this.#baseFromLocal;
    r.set(matrixFromQuat(orientation));
    const c = this.#camera.cameraFromBase;
    const origin = this.#camera.baseFromCamera.position;
    const m = this.#cameraFromLocal;
    const p = this.#position;
    for (let k = 0; k < 3; k++) p[k] = position[k]!;
    for (let row = 0; row < 3; row++) {
      const a = c[row * 3]!;
      const b = c[row * 3 + 1]!;
      const d = c[row * 3 + 2]!;
      for (let k = 0; k < 3; k++) m[row * 3 + k] = a * r[k]! + b * r[k + 3]! + d * r[k + 6]!;
      this.#inCamera[row] =
        a * (p[0]! - origin[0]) + b * (p[1]! - origin[1]) + d * (p[2]! - origin[2]);
    }
  }

  /** Puts the mesh in front of the camera. */
  project({ vertexCount, positions }: Mesh, raster: TriangleRaster): void {
    raster.begin(vertexCount);
    const m = this.#cameraFromLocal;
    const t = this.#inCamera;
    const { x, y, z } = raster;
    for (let i = 0, k = 0; i < vertexCount; i++, k += 3) {
      const px = positions[k]!;
      const py = positions[k + 1]!;
      const pz = positions[k + 2]!;
      x[i] = m[0]! * px + m[1]! * py + m[2]! * pz + t[0]!;
      y[i] = m[3]! * px + m[4]! * py + m[5]! * pz + t[1]!;
      z[i] = m[6]! * px + m[7]! * py + m[8]! * pz + t[2]!;
    }
  }

  /** Brightness of every vertex; the light is turned into the mesh's frame, not the normals out. */
  light({ vertexCount, normals }: Mesh, raster: TriangleRaster): void {
    const r = this.#baseFromLocal;
    const [sx, sy, sz] = this.#toLocal(this.#towardsSun);
    const [vx, vy, vz] = this.#toLocal(this.#towardsViewer);
    const [hx, hy, hz] = this.#toLocal(this.#half);
    const { shade } = raster;
    for (let i = 0, k = 0; i < vertexCount; i++, k += 3) {
      const nx = normals[k]!;
      const ny = normals[k + 1]!;
      const nz = normals[k + 2]!;
      shade[i] = brightness(
        r[6]! * nx + r[7]! * ny + r[8]! * nz,
        sx * nx + sy * ny + sz * nz,
        vx * nx + vy * ny + vz * nz,
        hx * nx + hy * ny + hz * nz,
      );
    }
  }

  /**
   * Puts the mesh's shadow on the plane at `heightM` in front of the camera; what lies below the
   * plane falls straight up onto it. False when the mesh casts none.
   */
  projectShadow(
    { vertexCount, positions }: Mesh,
    heightM: number,
    raster: TriangleRaster,
  ): boolean {
    raster.begin(vertexCount);
    const r = this.#baseFromLocal;
    const p = this.#position;
    const c = this.#camera.cameraFromBase;
    const origin = this.#camera.baseFromCamera.position;
    const sun = this.#towardsSun;
    const alongX = sun[0]! / sun[2]!;
    const alongY = sun[1]! / sun[2]!;
    const bz = heightM - origin[2];
    const { x, y, z } = raster;
    let highest = -Infinity;
    for (let i = 0, k = 0; i < vertexCount; i++, k += 3) {
      const px = positions[k]!;
      const py = positions[k + 1]!;
      const pz = positions[k + 2]!;
      const above = r[6]! * px + r[7]! * py + r[8]! * pz + p[2]! - heightM;
      if (above > highest) highest = above;
      const fall = above > 0 ? above : 0;
      const bx = r[0]! * px + r[1]! * py + r[2]! * pz + p[0]! - fall * alongX - origin[0];
      const by = r[3]! * px + r[4]! * py + r[5]! * pz + p[1]! - fall * alongY - origin[1];
      x[i] = c[0]! * bx + c[1]! * by + c[2]! * bz;
      y[i] = c[3]! * bx + c[4]! * by + c[5]! * bz;
      z[i] = c[6]! * bx + c[7]! * by + c[8]! * bz;
    }
    return highest > shadowMinHeightM;
  }

  /** The highest horizontal faces; undefined when the mesh, as it is turned, has none. */
  horizontalTop({ triangles, positions, normals }: Mesh): HorizontalTop | undefined {
    const r = this.#baseFromLocal;
    const alongUp = (v: Float64Array, i: number): number =>
      r[6]! * v[i * 3]! + r[7]! * v[i * 3 + 1]! + r[8]! * v[i * 3 + 2]!;
    const top: number[] = [];
    const rest: number[] = [];
    let height = -Infinity;
    for (let t = 0; t < triangles.length; t += 3) {
      const corners = [triangles[t]!, triangles[t + 1]!, triangles[t + 2]!];
      const horizontal = corners.every((i) => alongUp(normals, i) > horizontalCosine);
      (horizontal ? top : rest).push(...corners);
      if (horizontal) height = Math.max(height, alongUp(positions, corners[0]!));
    }
    if (top.length === 0) return undefined;
    return {
      heightM: height + this.#position[2]!,
      top: Uint16Array.from(top),
      rest: Uint16Array.from(rest),
    };
  }

  /** Fills the mapping that `TexturePainter.localFromPixel` describes. */
  localFromPixel(out: Float64Array): void {
    const m = this.#cameraFromLocal;
    const t = this.#inCamera;
    const { fx, fy, cx, cy } = this.#camera.intrinsics;
    for (let k = 0; k < 3; k++) {
      const perX = m[k]! / fx;
      const perY = m[k + 3]! / fy;
      out[k] = perX;
      out[k + 3] = perY;
      out[k + 6] = m[k + 6]! - perX * cx - perY * cy;
      out[k + 9] = -(m[k]! * t[0]! + m[k + 3]! * t[1]! + m[k + 6]! * t[2]!);
    }
  }

  #toLocal(v: Float64Array): [number, number, number] {
    const r = this.#baseFromLocal;
    return [
      r[0]! * v[0]! + r[3]! * v[1]! + r[6]! * v[2]!,
      r[1]! * v[0]! + r[4]! * v[1]! + r[7]! * v[2]!,
      r[2]! * v[0]! + r[5]! * v[1]! + r[8]! * v[2]!,
    ];
  }
}
