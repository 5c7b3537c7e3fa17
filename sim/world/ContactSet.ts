import type { MjData, MjModel } from './mujoco.ts';

/** Bodies touch where their surfaces are closer than this, metres. */
const TOUCH_DISTANCE_M = 0.0002;

/** Which bodies touch which, by MuJoCo's body numbers. */
export class ContactSet {
  readonly #pairs: readonly (readonly [number, number])[];

  constructor(model: MjModel, data: MjData) {
    const bodyOfGeom = model.geom_bodyid as Int32Array;
    const pairs: [number, number][] = [];
    const contacts = data.contact;
    for (let i = 0; i < contacts.size(); i++) {
      const contact = contacts.get(i);
      if (contact === undefined) continue;
      if (contact.dist < TOUCH_DISTANCE_M) {
        pairs.push([bodyOfGeom[contact.geom1]!, bodyOfGeom[contact.geom2]!]);
      }
      contact.delete();
    }
    contacts.delete();
    this.#pairs = pairs;
  }

  /** The bodies in contact with `body`. */
  touching(body: number): ReadonlySet<number> {
    const others = new Set<number>();
    for (const [a, b] of this.#pairs) {
      if (a === body) others.add(b);
      if (b === body) others.add(a);
    }
    return others;
  }
}
