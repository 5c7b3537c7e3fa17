import type { parse } from '@foxglove/rosmsg';

type Definition = ReturnType<typeof parse>[number];
type Field = Definition['definitions'][number];

/** Fields of a message with all that it is made of; the largest of ROS have some hundred. */
const MAX_FIELDS = 10_000;

/**
 * Why no message may be read by a definition from a bag, whose first one is the message's own; undefined
 * where all is well. A type that contains itself has no end; a list of things without content may say
 * that it has billions, which are made before the reader sees that there is nothing.
 */
export function definitionFault(definitions: readonly Definition[]): string | undefined {
  const byName = new Map(definitions.map((one) => [one.name ?? '', one]));
  const sizes = new Map<Definition, number>();
  const open = new Set<Definition>();
  /** Number of fields, 0: without content. @throws Error */
  const count = (definition: Definition): number => {
    const known = sizes.get(definition);
    if (known !== undefined) return known;
    if (open.has(definition)) throw new Error('a type that contains itself');
    open.add(definition);
    let fields = 0;
    for (const field of definition.definitions) {
      if (field.isConstant) continue;
      fields += inner(field);
      if (fields > MAX_FIELDS) throw new Error(`more than ${MAX_FIELDS} fields`);
    }
    open.delete(definition);
    sizes.set(definition, fields);
    return fields;
  };
  const inner = (field: Field): number => {
    const type = field.isComplex ? byName.get(field.type) : undefined;
    const fields = type ? count(type) : 1;
    if (field.isArray && fields === 0) throw new Error('a list of things without content');
    return fields;
  };
  const [own] = definitions;
  try {
    if (own) count(own);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
