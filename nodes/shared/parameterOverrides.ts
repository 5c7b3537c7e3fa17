/** What parameter files and `-p` say about the nodes of one name or pattern. */
export type OverridesOfNodes<P> = { readonly name: string; readonly parameters: readonly P[] };

/**
 * The parameters meant for a node, as rclcpp and rclpy choose them: every entry whose pattern fits
 * counts, and of two values the later one. rclnodejs itself knows `/**` and the bare name only.
 *
 * @param fullName e.g. `/arm1/perception`
 */
export function overridesOf<P extends { readonly name: string }>(
  all: readonly OverridesOfNodes<P>[],
  fullName: string,
): Map<string, P> {
  const overrides = new Map<string, P>();
  for (const { name, parameters } of all) {
    if (!patternOf(name).test(fullName)) continue;
    for (const parameter of parameters) overrides.set(parameter.name, parameter);
  }
  return overrides;
}

/** `*` stands for one part of a name, `**` for any number of parts. */
function patternOf(name: string): RegExp {
  const pattern = (name.startsWith('/') ? name : `/${name}`)
    .replaceAll('/**', '(/\\w+)#')
    .replaceAll('/*', '(/\\w+)')
    .replaceAll('#', '*');
  return new RegExp(`^${pattern}$`);
}
