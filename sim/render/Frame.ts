/** The buffers one picture is drawn into. Row-major, `width * height` entries each. */
export class Frame {
  readonly width: number;
  readonly height: number;
  /** 1 / distance along the optical axis; 0 where nothing was drawn. */
  readonly inverseDepth: Float32Array;
  /** Number of the shadow-receiving plane seen at a pixel, 0 for none; +128 when in shadow. */
  readonly receiver: Uint8Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.inverseDepth = new Float32Array(width * height);
    this.receiver = new Uint8Array(width * height);
  }

  copyFrom(other: Frame): void {
    this.inverseDepth.set(other.inverseDepth);
    this.receiver.set(other.receiver);
  }

  clear(): void {
    this.inverseDepth.fill(0);
    this.receiver.fill(0);
  }
}
