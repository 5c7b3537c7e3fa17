const SEPARATOR = '.';
/** Of `list_parameters`: names of any depth. */
const RECURSIVE = 0;

/**
 * The names below the prefixes (or all), as rclcpp's `list_parameters` gives them.
 *
 * @param depth most parts of a name after its prefix; 0 for any number
 */
export function listNames(
  names: readonly string[],
  prefixes: readonly string[],
  depth: number,
): { readonly names: string[]; readonly prefixes: string[] } {
  const isNear = (rest: string) => depth === RECURSIVE || partsOf(rest) <= depth;
  const listed = names.filter((name) =>
    prefixes.length === 0
      ? isNear(name)
      : prefixes.some(
          (prefix) =>
            name === prefix ||
            (name.startsWith(`${prefix}${SEPARATOR}`) && isNear(name.slice(prefix.length + 1))),
        ),
  );
  const parents = listed
    .filter((name) => name.includes(SEPARATOR))
    .map((name) => name.slice(0, name.lastIndexOf(SEPARATOR)));
  return { names: listed, prefixes: [...new Set(parents)] };
}

function partsOf(name: string): number {
  return name.split(SEPARATOR).length;
}
