/** The text of `package/msg/Name.msg`; undefined where it is not known. */
export type DefinitionSource = (packageName: string, name: string) => string | undefined;

const PRIMITIVES = new Set(
  (
    'bool byte char float32 float64 int8 uint8 int16 uint16 int32 uint32 int64 uint64 string ' +
    'wstring time duration'
  ).split(' '),
);

/** Some sources have none of these; readers other than ours need them. */
const TIMES: ReadonlyMap<string, string> = new Map(
  ['Time', 'Duration'].map((name) => [`builtin_interfaces/${name}`, 'int32 sec\nuint32 nanosec\n']),
);

/**
 * A message's definition with all that it refers to, in the form that bags use.
 * @param type as ROS 2 names it: `sensor_msgs/msg/Image`
 * @throws Error naming the type that the source does not know
 */
export function bundleDefinition(type: string, source: DefinitionSource): string {
  const [rootPackage = '', , rootName = ''] = type.split('/');
  const texts = new Map<string, string>();
  const pending = [`${rootPackage}/${rootName}`];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (texts.has(name)) continue;
    const [packageName = '', messageName = ''] = name.split('/');
    const text = source(packageName, messageName) ?? TIMES.get(name);
    if (text === undefined) throw new Error(`no definition of ${packageName}/msg/${messageName}`);
    texts.set(name, text);
    pending.push(...referredTypes(text, packageName));
  }
  return [...texts]
    .map(([name, text], i) => (i === 0 ? text : `${'='.repeat(80)}\nMSG: ${name}\n${text}`))
    .join('\n');
}

/** The `package/Name` of each field that is itself a message. */
function referredTypes(definition: string, packageName: string): string[] {
  return definition
    .split('\n')
    .map((line) => /^\s*([A-Za-z][\w/]*)/.exec(line)?.[1])
    .filter((type) => type !== undefined && !PRIMITIVES.has(type))
    .map((type) => (type!.includes('/') ? type!.replace('/msg/', '/') : `${packageName}/${type}`));
}
