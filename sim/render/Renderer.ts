import type { Vec3 } from '../../core/math/types.ts';
import type { CameraModel } from './CameraModel.ts';
import { Frame } from './Frame.ts';
import { Layer, type ShadowPlane } from './Layer.ts';
import { buildPalette, daylight } from './lighting.ts';
import type { Light } from './lighting.ts';
import { tessellate } from './Mesh.ts';
import type { Mesh } from './Mesh.ts';
import { ColorPainter, IdPainter, ShadowPainter, TexturePainter } from './painters.ts';
import { Placement } from './Placement.ts';
import { shapes } from './Primitive.ts';
import type { Primitive, Rgb, Shape } from './Primitive.ts';
import { textures } from './textures.ts';
import { TriangleRaster } from './TriangleRaster.ts';
import { ValueCache } from './ValueCache.ts';

const backdrop: Rgb = [0.8, 0.83, 0.86];
/** `Frame.receiver` has 7 bits for the number of a plane. */
const maxShadowPlanes = 127;

/** Of all but what is static. */
const castsShadow = (primitive: Primitive): boolean => primitive.castsShadow !== false;

/**
 * Draws primitives with a z-buffer: one sun with shadows on horizontal faces, fixed ambient light,
 * procedural patterns, the same pixels on every machine. What never moves is drawn once, and what
 * seldom moves only when it has moved.
 */
export class Renderer {
  readonly camera: CameraModel;
  readonly #frame: Frame;
  readonly #raster: TriangleRaster;
  readonly #placement: Placement;
  readonly #color: ColorPainter;
  readonly #texture: TexturePainter;
  readonly #id: IdPainter;
  readonly #shadow: ShadowPainter;
  readonly #meshes: ReadonlyMap<Shape, ValueCache<Vec3, Mesh>>;
  readonly #palettes: ValueCache<Rgb, Uint8Array>;
  readonly #static: Layer;
  readonly #still: Layer;
  readonly #staticIds: Uint8Array;
  readonly #staticIdDepth: Float32Array;

  constructor(camera: CameraModel, light: Light = daylight) {
    this.camera = camera;
    this.#palettes = new ValueCache((color: Rgb) => buildPalette(color, light.exposure));
    const { width, height } = camera;
    this.#frame = new Frame(width, height);
    this.#raster = new TriangleRaster(camera.intrinsics);
    this.#placement = new Placement(camera, light);
    this.#color = new ColorPainter(this.#frame);
    this.#texture = new TexturePainter(this.#frame);
    this.#id = new IdPainter(this.#frame);
    this.#shadow = new ShadowPainter(this.#frame);
    this.#meshes = new Map(
      shapes.map((shape) => [shape, new ValueCache((size: Vec3) => tessellate(shape, size))]),
    );
    this.#static = new Layer(camera);
    this.#still = new Layer(camera);
    this.#staticIds = new Uint8Array(width * height);
    this.#staticIdDepth = new Float32Array(width * height);
    this.setStatic([]);
  }

  /** Draws what never moves and keeps it as the background of later frames. */
  setStatic(primitives: readonly Primitive[]): void {
    this.#paintBackdrop();
    this.#frame.clear();
    const casters = primitives.filter((p) => p.castsShadow === true);
    const layer = this.#static;
    layer.planes = this.#drawScene(primitives, casters, { planes: [], casters: [] }, layer.pixels);
    layer.frame.copyFrom(this.#frame);
    this.setStill([]);

    this.#staticIds.fill(0);
    this.#frame.clear();
    this.#drawIds(primitives, this.#staticIds);
    this.#staticIdDepth.set(this.#frame.inverseDepth);
  }

  /**
   * Draws what seldom moves and keeps it as a part of later frames, until the next call. Labels know
   * nothing of it.
   */
  setStill(primitives: readonly Primitive[]): void {
    const layer = this.#still;
    layer.planes = this.#drawOver(this.#static, primitives, layer.pixels);
    layer.frame.copyFrom(this.#frame);
    layer.casters = primitives.filter(castsShadow);
  }

  /**
   * Draws a frame: the static background, what is still, and these primitives over both.
   *
   * @param out rgb8, `width * height * 3` bytes
   * @throws RangeError when `out` has another length
   */
  render(dynamic: readonly Primitive[], out: Uint8Array): void {
    this.#checkLength(out, 3);
    this.#drawOver(this.#still, dynamic, out);
  }

  /**
   * Labels every pixel with the `id` of the primitive seen there, 0 for none.
   *
   * @param out `width * height` bytes
   * @throws RangeError when `out` has another length
   */
  renderIds(dynamic: readonly Primitive[], out: Uint8Array): void {
    this.#checkLength(out, 1);
    out.set(this.#staticIds);
    this.#frame.inverseDepth.set(this.#staticIdDepth);
    this.#drawIds(dynamic, out);
  }

  #drawOver(
    below: Layer,
    primitives: readonly Primitive[],
    out: Uint8Array,
  ): readonly ShadowPlane[] {
    out.set(below.pixels);
    this.#frame.copyFrom(below.frame);
    return this.#drawScene(primitives, primitives.filter(castsShadow), below, out);
  }

  #checkLength(out: Uint8Array, channels: number): void {
    const { width, height } = this.camera;
    const expected = width * height * channels;
    if (out.length === expected) return;
    throw new RangeError(
      `output has ${out.length} bytes, expected ${width} x ${height} x ${channels} = ${expected}`,
    );
  }

  #paintBackdrop(): void {
    const palette = this.#palettes.get(backdrop);
    const { width, height } = this.camera;
    for (let y = 0; y < height; y++) {
      const p = Math.floor(150 + (20 * y) / height) * 3;
      const color = palette.subarray(p, p + 3);
      for (let x = 0; x < width; x++) this.#static.pixels.set(color, (y * width + x) * 3);
    }
  }

  /**
   * Receiving surfaces first, then the shadows on them, then everything else over both. Returns
   * the planes below and those found, in the order of their numbers in `Frame.receiver`.
   */
  #drawScene(
    primitives: readonly Primitive[],
    casters: readonly Primitive[],
    below: Pick<Layer, 'planes' | 'casters'>,
    out: Uint8Array,
  ): readonly ShadowPlane[] {
    const planes = [...below.planes];
    for (const primitive of primitives) {
      if (primitive.receivesShadow !== true) continue;
      const plane = this.#drawReceiver(primitive, planes.length + 1, out);
      if (plane !== undefined) planes.push(plane);
    }
    const onNewPlanes = [...below.casters, ...casters];
    for (const [i, plane] of planes.entries()) {
      this.#drawShadows(i < below.planes.length ? casters : onNewPlanes, plane, i + 1, out);
    }
    for (const primitive of primitives) {
      if (primitive.receivesShadow === true) continue;
      const mesh = this.#placeLit(primitive);
      this.#raster.drawTriangles(mesh.triangles, this.#painterOf(primitive, out));
    }
    return planes;
  }

  /** Draws a primitive and marks its horizontal top, if it has one, with the plane's number. */
  #drawReceiver(primitive: Primitive, number: number, out: Uint8Array): ShadowPlane | undefined {
    const mesh = this.#placeLit(primitive);
    const painter = this.#painterOf(primitive, out);
    const split = number <= maxShadowPlanes ? this.#placement.horizontalTop(mesh) : undefined;
    this.#raster.drawTriangles(split?.rest ?? mesh.triangles, painter);
    if (split === undefined) return undefined;
    painter.receiver = number;
    this.#raster.drawTriangles(split.top, painter);
    return { heightM: split.heightM, rect: this.#raster.boundingRect() };
  }

  #drawShadows(
    casters: readonly Primitive[],
    plane: ShadowPlane,
    number: number,
    out: Uint8Array,
  ): void {
    this.#shadow.out = out;
    this.#shadow.receiver = number;
    this.#raster.setClip(plane.rect);
    for (const caster of casters) {
      const mesh = this.#meshOf(caster);
      this.#placement.set(caster);
      if (!this.#placement.projectShadow(mesh, plane.heightM, this.#raster)) continue;
      this.#raster.drawTriangles(mesh.triangles, this.#shadow);
    }
    this.#raster.setClip(undefined);
  }

  #drawIds(primitives: readonly Primitive[], out: Uint8Array): void {
    this.#id.out = out;
    for (const primitive of primitives) {
      const mesh = this.#meshOf(primitive);
      this.#placement.set(primitive);
      this.#placement.project(mesh, this.#raster);
      this.#id.id = primitive.id ?? 0;
      this.#raster.drawTriangles(mesh.triangles, this.#id);
    }
  }

  #placeLit(primitive: Primitive): Mesh {
    const mesh = this.#meshOf(primitive);
    this.#placement.set(primitive);
    this.#placement.project(mesh, this.#raster);
    this.#placement.light(mesh, this.#raster);
    return mesh;
  }

  #painterOf(primitive: Primitive, out: Uint8Array): ColorPainter | TexturePainter {
    const painter = primitive.texture === undefined ? this.#color : this.#texture;
    painter.out = out;
    painter.palette = this.#palettes.get(primitive.color);
    painter.receiver = 0;
    if (primitive.texture !== undefined) {
      this.#texture.texture = textures[primitive.texture];
      this.#placement.localFromPixel(this.#texture.localFromPixel);
    }
    return painter;
  }

  #meshOf({ shape, size }: Primitive): Mesh {
    const cache = this.#meshes.get(shape);
    if (cache === undefined)
      throw new TypeError(`unknown shape ${shape}, expected ${shapes.join(', ')}`);
    return cache.get(size);
  }
}
