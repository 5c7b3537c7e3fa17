import path from 'node:path';
import { LaunchError, type Place } from './LaunchError.ts';
import type { LaunchEntity } from './LaunchEntity.ts';
import type { Packages } from './packages.ts';
import { substitute } from './substitute.ts';

/** A declared launch argument, for `--show-args`. */
export type DeclaredArgument = {
  readonly name: string;
  readonly default: string | undefined;
  readonly description: string;
};

/** What the entities of one scope set and see. */
type Scope = {
  readonly variables: Map<string, string>;
  readonly env: Map<string, string>;
  readonly remaps: Remap[];
  namespace: string;
};

/** A name of ROS and the name that takes its place. */
export type Remap = readonly [from: string, to: string];

/** Variables, environment and namespace at one point of a launch file. */
export class LaunchContext {
  readonly file: string;
  readonly packages: Packages;
  /** Shared by all scopes: every argument that was declared anywhere. */
  readonly declared: DeclaredArgument[];
  /** How many files include one another until here. */
  readonly depth: number;
  readonly #scope: Scope;

  private constructor(
    file: string,
    packages: Packages,
    scope: Scope,
    declared: DeclaredArgument[],
    depth: number,
  ) {
    this.file = file;
    this.packages = packages;
    this.#scope = scope;
    this.declared = declared;
    this.depth = depth;
  }

  /** @param args launch arguments by name */
  static start(
    file: string,
    packages: Packages,
    args: ReadonlyMap<string, string>,
    env: ReadonlyMap<string, string>,
  ): LaunchContext {
    const scope = { variables: new Map(args), env: new Map(env), remaps: [], namespace: '' };
    return new LaunchContext(file, packages, scope, [], 1);
  }

  /** A scope of its own: what is set inside does not reach out. */
  scoped(): LaunchContext {
    const { variables, env, remaps, namespace } = this.#scope;
    const copies = { variables: new Map(variables), env: new Map(env), remaps: [...remaps] };
    const scope = { ...copies, namespace };
    return new LaunchContext(this.file, this.packages, scope, this.declared, this.depth);
  }

  /** An included file. It shares the scope, as in `ros2 launch`: what it sets stays set. */
  included(file: string): LaunchContext {
    return new LaunchContext(file, this.packages, this.#scope, this.declared, this.depth + 1);
  }

  has(variable: string): boolean {
    return this.#scope.variables.has(variable);
  }

  setVariable(name: string, value: string): void {
    this.#scope.variables.set(name, value);
  }

  setEnv(name: string, value: string): void {
    this.#scope.env.set(name, value);
  }

  get env(): Record<string, string> {
    return Object.fromEntries(this.#scope.env);
  }

  /** Remappings of every node of this scope, in the order in which they were set. */
  get remaps(): readonly Remap[] {
    return this.#scope.remaps;
  }

  addRemap(remap: Remap): void {
    this.#scope.remaps.push(remap);
  }

  /** An absolute namespace replaces, a relative one is appended. */
  namespaceWith(namespace: string): string {
    if (namespace === '') return this.#scope.namespace;
    if (namespace.startsWith('/')) return namespace.replace(/\/+$/, '');
    return `${this.#scope.namespace}/${namespace}`.replace(/\/+$/, '');
  }

  pushNamespace(namespace: string): void {
    this.#scope.namespace = this.namespaceWith(namespace);
  }

  /** An attribute's text with its substitutions made. */
  text(entity: LaunchEntity, attribute: string): string | undefined {
    const text = entity.text(attribute);
    return text === undefined ? undefined : this.expand(text, entity.place);
  }

  requiredText(entity: LaunchEntity, attribute: string): string {
    return this.expand(entity.requiredText(attribute), entity.place);
  }

  boolean(entity: LaunchEntity, attribute: string): boolean | undefined {
    const text = this.text(entity, attribute)?.trim().toLowerCase();
    if (text === undefined) return undefined;
    if (['true', '1', 'on', 'yes'].includes(text)) return true;
    if (['false', '0', 'off', 'no'].includes(text)) return false;
    const problem = `"${attribute}" of ${entity.type}: expected true or false, found "${text}"`;
    throw new LaunchError(entity.place, problem);
  }

  number(entity: LaunchEntity, attribute: string): number | undefined {
    const text = this.text(entity, attribute);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value)) return value;
    const problem = `"${attribute}" of ${entity.type}: expected a number, found "${text}"`;
    throw new LaunchError(entity.place, problem);
  }

  expand(text: string, place: Place): string {
    try {
      return substitute(text, (name, args) => this.#resolve(name, args));
    } catch (error) {
      throw error instanceof Error && !(error instanceof LaunchError)
        ? new LaunchError(place, error.message)
        : error;
    }
  }

  #resolve(name: string, args: readonly string[]): string {
    const [first = '', fallback] = args;
    switch (name) {
      case 'var':
        return this.#value(name, first, this.#scope.variables.get(first), fallback);
      case 'env':
        return this.#value(name, first, this.#scope.env.get(first), fallback);
      case 'find-pkg-share':
        return this.packages.share(first);
      case 'find-pkg-prefix':
        return this.packages.prefix(first);
      case 'dirname':
        return path.dirname(this.file);
      case 'filename':
        return path.basename(this.file);
      default:
        throw new Error(`the substitution "$(${name} …)" is not supported`);
    }
  }

  #value(kind: string, name: string, value: string | undefined, fallback?: string): string {
    const found = value ?? fallback;
    if (found === undefined) throw new Error(`"$(${kind} ${name})" has no value`);
    return found;
  }
}
