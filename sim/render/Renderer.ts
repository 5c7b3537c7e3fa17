import type { CameraModel } from './CameraModel.ts';
import type { Primitive } from './Primitive.ts';

export class Renderer {
  readonly camera: CameraModel;
  constructor(camera: CameraModel) {
    this.camera = camera;
  }
  setStatic(_prims: readonly Primitive[]): void {}
  render(_dynamic: readonly Primitive[], _out: Uint8Array): void {}
  renderIds(_dynamic: readonly Primitive[], _out: Uint8Array): void {}
}
