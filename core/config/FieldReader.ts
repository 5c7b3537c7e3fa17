import { type Fault, showValue } from './Fault.ts';

/** Bounds of a number; `min` and `max` belong to the range, `above` does not. */
export type NumberBounds = {
  readonly min?: number;
  readonly max?: number;
  readonly above?: number;
};

/**
 * Reads untyped JSON into typed values and collects every fault instead of stopping at the first.
 * After a fault a reader returns a placeholder of the right type: use the values only when `faults`
 * is empty.
 */
export class FieldReader {
  readonly #value: unknown;
  readonly #path: string;
  readonly #source: string;
  readonly #faults: Fault[];

  constructor(value: unknown, source: string, faults: Fault[], path = '') {
    this.#value = value;
    this.#source = source;
    this.#faults = faults;
    this.#path = path;
  }

  get value(): unknown {
    return this.#value;
  }

  get present(): boolean {
    return this.#value !== undefined;
  }

  /** Records that this field is not what it should be. */
  fault(expected: string, found: string = showValue(this.#value)): void {
    this.#faults.push({ source: this.#source, field: this.#path, expected, found });
  }

  /** The reader of one member; a member of something that is no object reads as absent. */
  at(name: string): FieldReader {
    const record = asRecord(this.#value);
    const value = record && Object.hasOwn(record, name) ? record[name] : undefined;
    return this.#child(value, this.#path === '' ? name : `${this.#path}.${name}`);
  }

  /** Declares the members that an object may have; it is a fault to be no object or to have others. */
  object(names: readonly string[]): this {
    const record = asRecord(this.#value);
    if (!record) {
      this.fault('an object');
      return this;
    }
    const expected = `one of the fields ${names.join(', ')}`;
    for (const name of Object.keys(record)) {
      if (!names.includes(name)) this.at(name).fault(expected, showValue(name));
    }
    return this;
  }

  string(): string {
    if (typeof this.#value === 'string' && this.#value !== '') return this.#value;
    this.fault('a text that is not empty');
    return '';
  }

  boolean(): boolean {
    if (typeof this.#value === 'boolean') return this.#value;
    this.fault('true or false');
    return false;
  }

  number(bounds: NumberBounds = {}): number {
    const value = this.#value;
    if (typeof value === 'number' && Number.isFinite(value) && isWithin(value, bounds)) {
      return value;
    }
    this.fault(`a number${describeBounds(bounds)}`);
    return 0;
  }

  integer(bounds: NumberBounds = {}): number {
    const value = this.#value;
    if (typeof value === 'number' && Number.isSafeInteger(value) && isWithin(value, bounds)) {
      return value;
    }
    this.fault(`an integer${describeBounds(bounds)}`);
    return 0;
  }

  oneOf<const T extends string | number>(choices: readonly [T, ...T[]]): T {
    const found = choices.find((choice) => choice === this.#value);
    if (found !== undefined) return found;
    this.fault(choices.map((choice) => showValue(choice)).join(' or '));
    return choices[0];
  }

  /** A list whose elements are read one by one; `length` makes any other length a fault. */
  list<T>(read: (element: FieldReader) => T, length?: number): T[] {
    const value = this.#value;
    if (!Array.isArray(value) || (length !== undefined && value.length !== length)) {
      const found = Array.isArray(value) ? `a list of ${value.length}` : showValue(value);
      this.fault(length === undefined ? 'a list' : `a list of ${length}`, found);
      return [];
    }
    return value.map((element, i) => read(this.#child(element, `${this.#path}[${i}]`)));
  }

  numbers(length?: number, bounds: NumberBounds = {}): number[] {
    return this.list((element) => element.number(bounds), length);
  }

  /** Members with free names, in the order of the file. */
  record<T>(read: (member: FieldReader, name: string) => T): Map<string, T> {
    const record = asRecord(this.#value);
    if (!record) {
      this.fault('an object');
      return new Map();
    }
    return new Map(Object.keys(record).map((name) => [name, read(this.at(name), name)]));
  }

  #child(value: unknown, path: string): FieldReader {
    return new FieldReader(value, this.#source, this.#faults, path);
  }
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return value as Record<string, unknown>;
}

export function isWithin(value: number, bounds: NumberBounds): boolean {
  const { min = -Infinity, max = Infinity, above = -Infinity } = bounds;
  return value >= min && value <= max && value > above;
}

/** ` from 0 to 1`, ` of at least 1`, …; empty without bounds. */
export function describeBounds({ min, max, above }: NumberBounds): string {
  const parts: string[] = [];
  if (above !== undefined) parts.push(`above ${above}`);
  if (min !== undefined && max !== undefined) parts.push(`from ${min} to ${max}`);
  else if (min !== undefined) parts.push(`of at least ${min}`);
  else if (max !== undefined) parts.push(`of at most ${max}`);
  return parts.length === 0 ? '' : ` ${parts.join(' and ')}`;
}
