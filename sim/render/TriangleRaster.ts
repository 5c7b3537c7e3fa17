import type { CameraIntrinsics } from '../../core/observation/CameraIntrinsics.ts';
import type { Painter } from './painters.ts';

const nearPlane = 0.02;
/** Room for the corners a clipped triangle adds. */
const spareVertices = 4;

/** A rectangle of pixels, both ends inclusive. */
export type PixelRect = {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
};

/**
 * Projects, clips and scan-converts triangles. Vertices are put into `x`, `y`, `z` (optical frame)
 * and `shade` first; then `drawTriangles` hands runs of pixels to a painter. Back faces are
 * skipped. A pixel belongs to a triangle when its centre lies inside; on a shared edge, to exactly
 * one of the two.
 */
export class TriangleRaster {
  x = new Float64Array(0);
  y = new Float64Array(0);
  z = new Float64Array(0);
  shade = new Float64Array(0);
  #u = new Float64Array(0);
  #v = new Float64Array(0);
  #w = new Float64Array(0);
  #vertexCount = 0;
  /** Of the triangle being drawn: u and v of a corner, then value and slopes of w and shade. */
  readonly #planes = new Float64Array(8);
  readonly #camera: CameraIntrinsics;
  readonly #clip = { x0: 0, y0: 0, x1: 0, y1: 0 };

  constructor(camera: CameraIntrinsics) {
    this.#camera = camera;
    this.setClip(undefined);
  }

  /** Confines painting to a rectangle; undefined lifts the limit. */
  setClip(rect: PixelRect | undefined): void {
    const { width, height } = this.#camera;
    this.#clip.x0 = Math.max(0, rect?.x0 ?? 0);
    this.#clip.y0 = Math.max(0, rect?.y0 ?? 0);
    this.#clip.x1 = Math.min(width - 1, rect?.x1 ?? width);
    this.#clip.y1 = Math.min(height - 1, rect?.y1 ?? height);
  }

  /** Makes room for this many vertices. Call before filling `x`, `y`, `z`, `shade`. */
  begin(vertexCount: number): void {
    this.#vertexCount = vertexCount;
    if (this.x.length >= vertexCount + spareVertices) return;
    const size = 2 * vertexCount + spareVertices;
    this.x = new Float64Array(size);
    this.y = new Float64Array(size);
    this.z = new Float64Array(size);
    this.shade = new Float64Array(size);
    this.#u = new Float64Array(size);
    this.#v = new Float64Array(size);
    this.#w = new Float64Array(size);
  }

  /** The pixels the vertices span; everything when one of them is behind the camera. */
  boundingRect(): PixelRect {
    const rect = { x0: Infinity, y0: Infinity, x1: -Infinity, y1: -Infinity };
    this.#projectAll();
    for (let i = 0; i < this.#vertexCount; i++) {
      if (this.z[i]! <= nearPlane) {
        return { x0: 0, y0: 0, x1: this.#camera.width - 1, y1: this.#camera.height - 1 };
      }
      rect.x0 = Math.min(rect.x0, Math.floor(this.#u[i]!));
      rect.x1 = Math.max(rect.x1, Math.ceil(this.#u[i]!));
      rect.y0 = Math.min(rect.y0, Math.floor(this.#v[i]!));
      rect.y1 = Math.max(rect.y1, Math.ceil(this.#v[i]!));
    }
    return rect;
  }

  drawTriangles(triangles: Uint16Array, painter: Painter): void {
    this.#projectAll();
    const { z } = this;
    for (let t = 0; t < triangles.length; t += 3) {
      const a = triangles[t]!;
      const b = triangles[t + 1]!;
      const c = triangles[t + 2]!;
      if (z[a]! > nearPlane && z[b]! > nearPlane && z[c]! > nearPlane) this.#fill(a, b, c, painter);
      else this.#fillClipped(a, b, c, painter);
    }
  }

  #projectAll(): void {
    for (let i = 0; i < this.#vertexCount; i++) this.#project(i);
  }

  #project(i: number): void {
    const z = this.z[i]!;
    if (z <= nearPlane) return;
    const w = 1 / z;
    this.#w[i] = w;
    this.#u[i] = this.#camera.cx + this.#camera.fx * this.x[i]! * w;
    this.#v[i] = this.#camera.cy + this.#camera.fy * this.y[i]! * w;
  }

  /** Cuts a triangle at the near plane (Sutherland–Hodgman) and fills what is in front. */
  #fillClipped(a: number, b: number, c: number, painter: Painter): void {
    const { x, y, z, shade } = this;
    const corners = [a, b, c];
    let next = this.#vertexCount;
    const kept: number[] = [];
    for (let i = 0; i < 3; i++) {
      const from = corners[i]!;
      const to = corners[(i + 1) % 3]!;
      const fromInside = z[from]! > nearPlane;
      if (fromInside) kept.push(from);
      if (fromInside === z[to]! > nearPlane) continue;
      const t = (nearPlane - z[from]!) / (z[to]! - z[from]!);
      x[next] = x[from]! + (x[to]! - x[from]!) * t;
      y[next] = y[from]! + (y[to]! - y[from]!) * t;
      z[next] = nearPlane * (1 + 1e-9);
      shade[next] = shade[from]! + (shade[to]! - shade[from]!) * t;
      this.#project(next);
      kept.push(next++);
    }
    for (let i = 2; i < kept.length; i++) this.#fill(kept[0]!, kept[i - 1]!, kept[i]!, painter);
  }

  #fill(a: number, b: number, c: number, painter: Painter): void {
    const u = this.#u;
    const v = this.#v;
    const area = (u[b]! - u[a]!) * (v[c]! - v[a]!) - (u[c]! - u[a]!) * (v[b]! - v[a]!);
    // Counter-clockwise from outside is negative where v points down.
    if (!(area < -1e-9)) return;
    let top = a;
    let middle = b;
    let bottom = c;
    if (v[middle]! < v[top]!) [top, middle] = [middle, top];
    if (v[bottom]! < v[middle]!) [middle, bottom] = [bottom, middle];
    if (v[middle]! < v[top]!) [top, middle] = [middle, top];
    const firstRow = Math.max(this.#clip.y0, Math.ceil(v[top]!));
    const lastRow = Math.min(this.#clip.y1, Math.ceil(v[bottom]!) - 1);
    if (firstRow > lastRow) return;
    this.#setPlanes(a, b, c, area);
    this.#scan(top, middle, bottom, firstRow, lastRow, painter);
  }

  /** Over the screen, inverse depth and brightness of a triangle are planes: value and slopes. */
  #setPlanes(a: number, b: number, c: number, area: number): void {
    const u = this.#u;
    const v = this.#v;
    const bu = u[b]! - u[a]!;
    const bv = v[b]! - v[a]!;
    const cu = u[c]! - u[a]!;
    const cv = v[c]! - v[a]!;
    const planes = this.#planes;
    planes[0] = u[a]!;
    planes[1] = v[a]!;
    const w = this.#w;
    const wb = w[b]! - w[a]!;
    const wc = w[c]! - w[a]!;
    planes[2] = w[a]!;
    planes[3] = (wb * cv - wc * bv) / area;
    planes[4] = (wc * bu - wb * cu) / area;
    const s = this.shade;
    const sb = s[b]! - s[a]!;
    const sc = s[c]! - s[a]!;
    planes[5] = s[a]!;
    planes[6] = (sb * cv - sc * bv) / area;
    planes[7] = (sc * bu - sb * cu) / area;
  }

  /** Hands the rows of a triangle to the painter: from the long edge to the two short ones. */
  #scan(
    top: number,
    middle: number,
    bottom: number,
    firstRow: number,
    lastRow: number,
    painter: Painter,
  ): void {
    const [u0, u1, u2] = [this.#u[top]!, this.#u[middle]!, this.#u[bottom]!];
    const [v0, v1, v2] = [this.#v[top]!, this.#v[middle]!, this.#v[bottom]!];
    const longSlope = (u2 - u0) / (v2 - v0);
    const upperSlope = (u1 - u0) / (v1 - v0);
    const lowerSlope = (u2 - u1) / (v2 - v1);
    const { x0, x1 } = this.#clip;
    const planes = this.#planes;
    const [w, dwdx, dwdy] = [planes[2]!, planes[3]!, planes[4]!];
    const [s, dsdx, dsdy] = [planes[5]!, planes[6]!, planes[7]!];
    for (let y = firstRow; y <= lastRow; y++) {
      const p = u0 + (y - v0) * longSlope;
      const q = y < v1 ? u0 + (y - v0) * upperSlope : u1 + (y - v1) * lowerSlope;
      const first = Math.max(x0, Math.ceil(p < q ? p : q));
      const last = Math.min(x1, Math.ceil(p < q ? q : p) - 1);
      if (first > last) continue;
      const dx = first - planes[0]!;
      const dy = y - planes[1]!;
      const wHere = w + dx * dwdx + dy * dwdy;
      painter.span(y, first, last, wHere, dwdx, s + dx * dsdx + dy * dsdy, dsdx);
    }
  }
}
