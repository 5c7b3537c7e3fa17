/**
 * The one source of randomness: deterministic, the same numbers on every machine.
 *
 * xoshiro128** (Blackman and Vigna), its state filled by splitmix64 from the FNV-1a hash of the
 * seed's text, so `1`, `1n` and `'1'` are the same seed.
 */
export class Random {
  readonly #seed: string;
  readonly #state: Uint32Array;
  #spareNormal: number | undefined;

  constructor(seed: bigint | number | string) {
    this.#seed = String(seed);
    this.#state = new Uint32Array(4);
    let mix = fnv1a64(this.#seed);
    for (let i = 0; i < 4; i += 2) {
      mix = BigInt.asUintN(64, mix + 0x9e3779b97f4a7c15n);
      const word = splitmix64(mix);
      this.#state[i] = Number(word & 0xffffffffn);
      this.#state[i + 1] = Number(word >> 32n);
    }
  }

  /** A generator that depends on this one's seed and the label only, not on what was drawn. */
  fork(label: string): Random {
    return new Random(`${this.#seed}/${label}`);
  }

  /** 32 random bits as an unsigned integer. */
  nextUint32(): number {
    const s = this.#state as unknown as { [i: number]: number };
    const s1 = s[1]!;
    const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
    s[2]! ^= s[0]!;
    s[3]! ^= s1;
    s[1] = s1 ^ s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= s1 << 9;
    s[3] = rotateLeft(s[3]!, 11);
    return result;
  }

  /** Uniform in [lo, hi) with 53 random bits; [0, 1) without arguments. */
  uniform(lo = 0, hi = 1): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    const unit = (high * 0x4000000 + low) / 0x20000000000000;
    return lo + (hi - lo) * unit;
  }

  /** Normal with mean 0 and standard deviation 1 (Marsaglia's polar method). */
  normal(): number {
    const spare = this.#spareNormal;
    if (spare !== undefined) {
      this.#spareNormal = undefined;
      return spare;
    }
    for (;;) {
      const u = this.uniform(-1, 1);
      const v = this.uniform(-1, 1);
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const scale = Math.sqrt((-2 * Math.log(s)) / s);
        this.#spareNormal = v * scale;
        return u * scale;
      }
    }
  }

  /** Uniform integer in [0, n), without modulo bias; 1 ≤ n ≤ 2³². */
  int(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 0x100000000) {
      throw new RangeError(`Random.int expects an integer in 1…2^32, found ${n}`);
    }
    const unbiased = 0x100000000 - (0x100000000 % n);
    for (;;) {
      const bits = this.nextUint32();
      if (bits < unbiased) return bits % n;
    }
  }

  /** One element of a non-empty list. */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('Random.pick expects a non-empty list');
    return list[this.int(list.length)] as T;
  }

  /** A shuffled copy (Fisher–Yates). */
  shuffle<T>(list: readonly T[]): T[] {
    const copy = [...list];
    for (let i = copy.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      const held = copy[i] as T;
      copy[i] = copy[j] as T;
      copy[j] = held;
    }
    return copy;
  }
}

function rotateLeft(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k));
}

/** FNV-1a over the UTF-16 code units of the text. */
function fnv1a64(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  }
  return hash;
}

/** The output function of splitmix64 (Steele, Lea and Flood). */
function splitmix64(state: bigint): bigint {
  let z = state;
  z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
  z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
  return z ^ (z >> 31n);
}
