import type { JointCommand } from '../../core/control/ControllerOutput.ts';
import type { VirtualWorld } from '../../core/execution/VirtualLoop.ts';
import { AreaResizer } from '../../core/image/AreaResizer.ts';
import type { JointSample, RgbImage, View } from '../../core/observation/Observation.ts';
import type { SimWorld } from '../../sim/world/SimWorld.ts';
import type { Stopwatch } from './Stopwatch.ts';

/** The simulated arm as the loop in virtual time sees it: drawn only when someone looks. */
export class SimulatedArm implements VirtualWorld {
  readonly arm = 'simulated';
  readonly #world: SimWorld;
  readonly #viewName: string;
  readonly #size: { readonly width: number; readonly height: number };
  readonly #resizer: AreaResizer;
  readonly #stopwatch: Stopwatch;
  readonly #pixels: Uint8Array;
  #pixelsNs = -1n;

  /** @param size of the pictures that the model reads */
  constructor(
    world: SimWorld,
    viewName: string,
    size: { readonly width: number; readonly height: number },
    stopwatch: Stopwatch,
  ) {
    const { width, height } = world.camera;
    this.#world = world;
    this.#viewName = viewName;
    this.#size = { width: size.width, height: size.height };
    this.#resizer = new AreaResizer({ width, height }, this.#size);
    this.#stopwatch = stopwatch;
    this.#pixels = new Uint8Array(width * height * 3);
  }

  get timeNs(): bigint {
    return this.#world.timeNs;
  }

  jointSamples(): readonly JointSample[] {
    return [this.#world.jointSample()];
  }

  look(): readonly View[] {
    const { width, height } = this.#size;
    const data = new Uint8Array(width * height * 3);
    const picture = this.#draw();
    this.#stopwatch.time('resize', () => this.#resizer.resize(picture, data));
    return [{ name: this.#viewName, image: { width, height, data }, stampNs: this.timeNs }];
  }

  step(command: JointCommand | undefined): void {
    this.#stopwatch.time('physics', () => this.#world.step(command));
  }

  /** A copy of what the camera sees now, at its full size. */
  photograph(): RgbImage {
    const { width, height } = this.#world.camera;
    return { width, height, data: this.#draw().slice() };
  }

  /** To be called after a reset, when time begins again. */
  forgetPicture(): void {
    this.#pixelsNs = -1n;
  }

  #draw(): Uint8Array {
    if (this.#pixelsNs !== this.timeNs) {
      this.#stopwatch.time('render', () => this.#world.renderInto(this.#pixels));
      this.#pixelsNs = this.timeNs;
    }
    return this.#pixels;
  }
}
