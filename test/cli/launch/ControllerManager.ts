import { parse } from 'yaml';

/** A ROS parameter file: sections by the pattern of a node's name. */
type Sections = Readonly<
  Record<string, { readonly ros__parameters?: Readonly<Record<string, unknown>> }>
>;

type Spawned = { readonly type: string; isActive: boolean };

/**
 * The rules of ros2_control 4's controller_manager and of its `spawner`: the spawner takes a controller's
 * type from the controller's own section alone, loads what is not loaded, configures and activates one
 * after the other, and ends at the first that it cannot configure, such as one that is active.
 */
export class ControllerManager {
  readonly namespace: string;
  readonly controllers = new Map<string, Spawned>();

  constructor(namespace: string) {
    this.namespace = namespace;
  }

  /** Of `spawner`, with the names of the controllers and the text of its parameter file; its exit code. */
  spawn(names: readonly string[], parameters: string): 0 | 1 {
    const sections = parse(parameters) as Sections;
    for (const name of names) {
      if (!this.controllers.has(name)) {
        const type = this.#typeOf(name, sections);
        if (type === undefined) return 1;
        this.controllers.set(name, { type, isActive: false });
      }
      const controller = this.controllers.get(name)!;
      if (controller.isActive) return 1;
      controller.isActive = true;
    }
    return 0;
  }

  #typeOf(name: string, sections: Sections): string | undefined {
    const full = `${this.namespace}/${name}`;
    // Without a namespace a section may be called as the controller.
    const keys = [...(this.namespace === '' ? [name] : []), full, `/**/${name}`, `/**${full}`];
    const types = keys.map((key) => sections[key]?.ros__parameters?.['type']);
    return types.find((one) => typeof one === 'string');
  }
}
