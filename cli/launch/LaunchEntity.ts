import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { LaunchError, type Place } from './LaunchError.ts';

type Source = { readonly file: string; readonly lines: LineCounter };

/**
 * One entity of a launch file, e.g. `node: {…}`, read by attribute. As in `ros2 launch`, an attribute
 * that no one reads is an error (`assertAllRead`), so nothing in a file is ever silently ignored.
 */
export class LaunchEntity {
  readonly type: string;
  readonly place: Place;
  readonly #source: Source;
  readonly #content: unknown;
  readonly #read = new Set<string>();

  constructor(type: string, content: unknown, place: Place, source: Source) {
    this.type = type;
    this.#content = content;
    this.place = place;
    this.#source = source;
  }

  /** True for an entity that is a plain list, as a `group` without attributes of its own. */
  get isList(): boolean {
    return isSeq(this.#content);
  }

  /** The entities of a whole launch file. */
  static parseFile(file: string, text: string): LaunchEntity[] {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines });
    const source = { file, lines };
    const [fault] = document.errors;
    if (fault) throw new LaunchError(placeAt(source, fault.pos[0]), fault.message.split('\n')[0]!);
    const start = { file, line: 1, column: 1 };
    if (!isMap(document.contents) || !document.contents.has('launch'))
      throw new LaunchError(start, 'expected a map with the one key "launch"');
    const root = new LaunchEntity('file', document.contents, start, source);
    const entities = root.children('launch');
    root.assertAllRead();
    return entities;
  }

  /** Text of an attribute as it stands in the file; numbers and booleans too. */
  text(name: string): string | undefined {
    const node = this.#attribute(name);
    if (node === undefined) return undefined;
    if (isScalar(node)) return scalarText(node);
    throw new LaunchError(this.#placeOf(node), `"${name}" of ${this.type}: expected text`);
  }

  /** Whether an attribute's text stands in quotes, so that `'true'` is text and `true` is none. */
  isQuoted(name: string): boolean {
    const node = this.#attribute(name);
    return isScalar(node) && (node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE');
  }

  requiredText(name: string): string {
    const text = this.text(name);
    if (text === undefined) throw new LaunchError(this.place, `${this.type} lacks "${name}"`);
    return text;
  }

  /** A list of maps under an attribute (`param`, `remap`, `env`), each as an entity of that name. */
  list(name: string): LaunchEntity[] {
    const node = this.#attribute(name);
    if (node === undefined) return [];
    if (!isSeq(node))
      throw new LaunchError(this.#placeOf(node), `"${name}" of ${this.type}: expected a list`);
    return node.items.map((item) => {
      if (isMap(item)) return new LaunchEntity(name, item, this.#placeOf(item), this.#source);
      throw new LaunchError(this.#placeOf(item), `each "${name}" of ${this.type} must be a map`);
    });
  }

  /** Entities inside: the list that this entity is, or the list under `attribute`. */
  children(attribute = 'children'): LaunchEntity[] {
    const list = isSeq(this.#content) ? this.#content : this.#attribute(attribute);
    if (!isSeq(list))
      throw new LaunchError(this.place, `${this.type}: expected a list of entities`);
    return list.items.map((item) => {
      const place = this.#placeOf(item);
      const [pair, ...others] = isMap(item) ? item.items : [];
      if (pair === undefined || others.length > 0)
        throw new LaunchError(place, 'an entity must be a map with its type as the only key');
      return new LaunchEntity(String(pair.key), pair.value, place, this.#source);
    });
  }

  assertAllRead(): void {
    if (!isMap(this.#content)) return;
    for (const { key } of this.#content.items) {
      if (this.#read.has(String(key))) continue;
      const known = `"${String(key)}" of ${this.type} is not supported`;
      throw new LaunchError(this.#placeOf(key), known);
    }
  }

  #attribute(name: string): unknown {
    if (!isMap(this.#content))
      throw new LaunchError(this.place, `${this.type}: expected a map of attributes`);
    this.#read.add(name);
    return (this.#content as YAMLMap).get(name, true);
  }

  #placeOf(node: unknown): Place {
    const range = (node as { range?: [number, number, number] | null } | null)?.range;
    return range ? placeAt(this.#source, range[0]) : this.place;
  }
}

function placeAt(source: Source, offset: number): Place {
  const { line, col } = source.lines.linePos(offset);
  return { file: source.file, line, column: col };
}

/** As written, so that `1.0` stays `1.0`; quotes are gone already. */
function scalarText(node: Scalar): string {
  return typeof node.value === 'string' ? node.value : (node.source ?? '');
}
