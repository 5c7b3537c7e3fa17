/** An element of an XML document, or a line of text inside one. */
export type XmlNode = {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content: string | readonly XmlNode[];
};

/** Numbers are written without the noise of binary fractions. */
type Value = string | number | boolean | readonly number[];

/** An element with attributes and children. */
export function xml(
  tag: string,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly (XmlNode | readonly XmlNode[] | undefined)[]
): XmlNode {
  const content = children.flat().filter((child) => child !== undefined);
  return { tag, attributes, content };
}

/** An element with a value and nothing else. */
export function xmlValue(
  tag: string,
  value: Value,
  attributes: Readonly<Record<string, string>> = {},
): XmlNode {
  return { tag, attributes, content: textOf(value) };
}

/** The document, two spaces a level. */
export function formatXml(root: XmlNode, comment: string): string {
  return `<?xml version="1.0"?>\n<!--\n  ${comment.replaceAll('\n', '\n  ')}\n-->\n${format(root, '')}\n`;
}

function format({ tag, attributes, content }: XmlNode, indent: string): string {
  const names = Object.entries(attributes).map(([name, value]) => ` ${name}="${escape(value)}"`);
  const open = `${indent}<${tag}${names.join('')}`;
  if (typeof content === 'string') return `${open}>${escape(content)}</${tag}>`;
  if (content.length === 0) return `${open}/>`;
  const inner = content.map((child) => format(child, `${indent}  `));
  return `${open}>\n${inner.join('\n')}\n${indent}</${tag}>`;
}

function textOf(value: Value): string {
  if (typeof value === 'number') return String(Number(value.toFixed(9)));
  return typeof value === 'object' ? value.map(textOf).join(' ') : String(value);
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
