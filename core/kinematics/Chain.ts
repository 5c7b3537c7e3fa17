import { composePose, POSE_IDENTITY } from '../math/pose.ts';
import { matrixFromQuat, quatFromMatrix } from '../math/quat.ts';
import type { Matrix3 } from '../math/quat.ts';
import type { Pose } from '../math/types.ts';
import { multiplyInto, rotateInto, setAxisAngle, setIdentity } from './matrix3.ts';
import type { UrdfJoint, UrdfModel, UrdfMovableJoint } from './UrdfModel.ts';

/** What `Chain.evaluate` writes: the tip's pose and how it moves with each joint. */
export type ChainEvaluation = {
  readonly tipPosition: Float64Array;
  /** Row-major 3×3. */
  readonly tipRotation: Float64Array;
  /** Geometric Jacobian in base axes, row-major 6×n: linear velocity, then angular velocity. */
  readonly jacobian: Float64Array;
};

/** What `Chain.evaluateLinks` writes: poses in the base, of each joint's link and of the tip. */
export type LinkFrames = {
  /** Row-major 3×3, nine numbers a frame; the tip's last. */
  readonly rotations: Float64Array;
  /** Three numbers a frame. */
  readonly positions: Float64Array;
};

/** A constant transform as plain numbers: row-major rotation (9) and position (3). */
type Offset = { readonly rotation: Float64Array; readonly position: Float64Array };

/** A movable joint; `offset` is its pose in the frame of the joint before it. */
type Segment = {
  readonly offset: Offset;
  readonly axis: Float64Array;
  readonly revolute: boolean;
};

/**
 * The serial chain of movable joints from one link to another.
 *
 * All work arrays belong to the instance or to the caller's `ChainEvaluation`; `evaluate` does not
 * allocate.
 */
export class Chain {
  /** Movable joints from base to tip: the order of every joint vector. */
  readonly joints: readonly UrdfMovableJoint[];
  readonly jointNames: readonly string[];
  readonly size: number;
  readonly #segments: readonly Segment[];
  readonly #tipOffset: Offset;
  readonly #rotation = new Float64Array(9);
  readonly #turn = new Float64Array(9);
  readonly #product = new Float64Array(9);
  /** Joint axes and origins in base axes, three numbers a joint. */
  readonly #axes: Float64Array;
  readonly #origins: Float64Array;
  readonly #scratch: ChainEvaluation;

  private constructor(joints: readonly UrdfMovableJoint[], offsets: readonly Pose[], tip: Pose) {
    this.joints = joints;
    this.jointNames = joints.map((joint) => joint.name);
    this.size = joints.length;
    this.#segments = joints.map((joint, i) => ({
      offset: offsetOf(offsets[i] as Pose),
      axis: Float64Array.from(joint.axis),
      revolute: joint.type === 'revolute',
    }));
    this.#tipOffset = offsetOf(tip);
    this.#axes = new Float64Array(3 * this.size);
    this.#origins = new Float64Array(3 * this.size);
    this.#scratch = this.newEvaluation();
  }

  /** Throws where a link is missing, the tip is not below the base, or a joint mimics another. */
  static fromUrdf(model: UrdfModel, baseLink: string, tipLink: string): Chain {
    const path = pathBetween(model, baseLink, tipLink);
    const movable: UrdfMovableJoint[] = [];
    const offsets: Pose[] = [];
    let constant = POSE_IDENTITY;
    for (const joint of path) {
      constant = composePose(constant, joint.parentFromJoint);
      if (joint.type === 'fixed') continue;
      if (joint.mimic !== undefined) {
        throw new Error(`Chain ${baseLink} → ${tipLink}: joint "${joint.name}" mimics another`);
      }
      movable.push(joint);
      offsets.push(constant);
      constant = POSE_IDENTITY;
    }
    return new Chain(movable, offsets, constant);
  }

  newEvaluation(): ChainEvaluation {
    return {
      tipPosition: new Float64Array(3),
      tipRotation: new Float64Array(9),
      jacobian: new Float64Array(6 * this.size),
    };
  }

  newLinkFrames(): LinkFrames {
    return {
      rotations: new Float64Array(9 * (this.size + 1)),
      positions: new Float64Array(3 * (this.size + 1)),
    };
  }

  /** baseFromTip at joint positions `q` (rad, m), one for each of `joints`. */
  forward(q: ArrayLike<number>): Pose {
    const { tipPosition: p, tipRotation } = this.#scratch;
    this.evaluate(q, this.#scratch);
    return {
      position: [p[0]!, p[1]!, p[2] as number],
      orientation: quatFromMatrix(tipRotation as unknown as Matrix3),
    };
  }

  /** Forward kinematics and geometric Jacobian at joint positions `q`. */
  evaluate(q: ArrayLike<number>, out: ChainEvaluation): void {
    const position = out.tipPosition;
    this.#begin(q, position);
    for (let i = 0; i < this.size; i++) this.#passJoint(i, q[i]!, position);
    this.#advance(this.#tipOffset, position);
    out.tipRotation.set(this.#rotation);
    this.#fillJacobian(position, out.jacobian);
  }

  /** Where all links of the chain are at joint positions `q`: the child links of its joints. */
  evaluateLinks(q: ArrayLike<number>, out: LinkFrames): void {
    const position = this.#scratch.tipPosition;
    this.#begin(q, position);
    for (let i = 0; i <= this.size; i++) {
      if (i < this.size) this.#passJoint(i, q[i]!, position);
      else this.#advance(this.#tipOffset, position);
      out.rotations.set(this.#rotation, 9 * i);
      out.positions.set(position, 3 * i);
    }
  }

  #begin(q: ArrayLike<number>, position: Float64Array): void {
    if (q.length !== this.size) {
      throw new RangeError(`Chain: expected ${this.size} joint positions, found ${q.length}`);
    }
    setIdentity(this.#rotation);
    position.fill(0);
  }

  /** Moves the running frame from one link to the next; keeps the joint's axis and origin. */
  #passJoint(i: number, q: number, position: Float64Array): void {
    const { offset, axis, revolute } = this.#segments[i] as Segment;
    this.#advance(offset, position);
    rotateInto(this.#rotation, axis, this.#axes, 3 * i, false);
    this.#origins.set(position, 3 * i);
    if (revolute) {
      setAxisAngle(axis, q, this.#turn);
      this.#turnBy(this.#turn);
    } else {
      for (let k = 0; k < 3; k++) {
        position[k] = position[k]! + this.#axes[3 * i + k]! * q;
      }
    }
  }

  /** Moves the running frame (`#rotation`, `position`) by a constant transform. */
  #advance(offset: Offset, position: Float64Array): void {
    rotateInto(this.#rotation, offset.position, position, 0, true);
    this.#turnBy(offset.rotation);
  }

  #turnBy(rotation: Float64Array): void {
    multiplyInto(this.#rotation, rotation, this.#product);
    this.#rotation.set(this.#product);
  }

  /** Column of joint i: [axis × (tip − origin); axis] where it turns, [axis; 0] where it slides. */
  #fillJacobian(tip: Float64Array, jacobian: Float64Array): void {
    const n = this.size;
    for (let i = 0; i < n; i++) {
      const ax = this.#axes[3 * i]!;
      const ay = this.#axes[3 * i + 1]!;
      const az = this.#axes[3 * i + 2]!;
      const revolute = (this.#segments[i] as Segment).revolute;
      const rx = tip[0]! - this.#origins[3 * i]!;
      const ry = tip[1]! - this.#origins[3 * i + 1]!;
      const rz = tip[2]! - this.#origins[3 * i + 2]!;
      jacobian[i] = revolute ? ay * rz - az * ry : ax;
      jacobian[n + i] = revolute ? az * rx - ax * rz : ay;
      jacobian[2 * n + i] = revolute ? ax * ry - ay * rx : az;
      jacobian[3 * n + i] = revolute ? ax : 0;
      jacobian[4 * n + i] = revolute ? ay : 0;
      jacobian[5 * n + i] = revolute ? az : 0;
    }
  }
}

function offsetOf(pose: Pose): Offset {
  return {
    rotation: Float64Array.from(matrixFromQuat(pose.orientation)),
    position: Float64Array.from(pose.position),
  };
}

/** Joints from base to tip, found upwards from the tip. */
function pathBetween(model: UrdfModel, baseLink: string, tipLink: string): UrdfJoint[] {
  for (const link of [baseLink, tipLink]) {
    if (!model.links.has(link)) throw new Error(`URDF ${model.name}: no link "${link}"`);
  }
  const jointOfChild = new Map([...model.joints.values()].map((joint) => [joint.child, joint]));
  const path: UrdfJoint[] = [];
  for (let link = tipLink; link !== baseLink;) {
    const joint = jointOfChild.get(link);
    if (joint === undefined) {
      throw new Error(`URDF ${model.name}: link "${tipLink}" is not below "${baseLink}"`);
    }
    path.unshift(joint);
    link = joint.parent;
  }
  return path;
}
