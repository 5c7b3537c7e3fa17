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

/**
 * Names that a node gets from files for many nodes alone (`/**`, `/arm1/*`): there are those of
 * others among them. What names the node, or is an argument of its own process, is meant for it.
 *
 * @param argv of the process
 */
export function namesForMany<P extends { readonly name: string }>(
  all: readonly OverridesOfNodes<P>[],
  fullName: string,
  argv: readonly string[],
): Set<string> {
  const fitting = all.filter(({ name }) => patternOf(name).test(fullName));
  const namesOf = (entries: typeof fitting) =>
    entries.flatMap(({ parameters }) => parameters.map(({ name }) => name));
  const isForMany = ({ name }: OverridesOfNodes<P>) => name.endsWith('*');
  const own = new Set(namesOf(fitting.filter((entry) => !isForMany(entry))));
  for (const name of namesOfArguments(argv)) own.add(name);
  return new Set(namesOf(fitting.filter(isForMany)).filter((name) => !own.has(name)));
}

/** Of `-p name:=value` without a node's name. */
function namesOfArguments(argv: readonly string[]): string[] {
  return argv.flatMap((argument, i) => {
    if (!['-p', '--param'].includes(argv[i - 1] ?? '')) return [];
    return /^([^:]+):=/.exec(argument)?.[1] ?? [];
  });
}

/** `*` stands for one part of a name, `**` for any number of parts. */
function patternOf(name: string): RegExp {
  const pattern = (name.startsWith('/') ? name : `/${name}`)
    .replaceAll('/**', '(/\\w+)#')
    .replaceAll('/*', '(/\\w+)')
    .replaceAll('#', '*');
  return new RegExp(`^${pattern}$`);
}
