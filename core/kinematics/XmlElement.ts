import { XMLParser, XMLValidator } from 'fast-xml-parser';

const ATTRIBUTES = ':@';

type OrderedNode = Readonly<Record<string, unknown>>;

/** One element of an XML document: attributes, child elements in document order, text. */
export class XmlElement {
  readonly tag: string;
  readonly children: readonly XmlElement[];
  /** Without the space around it; empty if there is none. */
  readonly text: string;
  readonly #attributes: Readonly<Record<string, string>>;

  private constructor(node: OrderedNode) {
    this.tag = Object.keys(node).find((key) => key !== ATTRIBUTES) ?? '';
    this.#attributes = (node[ATTRIBUTES] ?? {}) as Readonly<Record<string, string>>;
    const content = node[this.tag] as readonly OrderedNode[];
    this.children = elementsOf(content).map((child) => new XmlElement(child));
    this.text = content.map(({ '#text': text }) => (typeof text === 'string' ? text : '')).join('');
  }

  /** The document's root; throws with line and column where the text is not well-formed XML. */
  static parse(xmlText: string): XmlElement {
    const valid = XMLValidator.validate(xmlText);
    if (valid !== true) {
      const { msg, line, col } = valid.err;
      throw new Error(`XML line ${line}, column ${col}: ${msg}`);
    }
    const parser = new XMLParser({
      preserveOrder: true,
      ignoreAttributes: false,
      attributeNamePrefix: '',
      parseAttributeValue: false,
      parseTagValue: false,
      ignoreDeclaration: true,
      ignorePiTags: true,
    });
    const [root] = elementsOf(parser.parse(xmlText) as readonly OrderedNode[]);
    if (root === undefined) throw new Error('XML: expected one root element, found none');
    return new XmlElement(root);
  }

  attribute(name: string): string | undefined {
    return this.#attributes[name];
  }

  get attributeNames(): readonly string[] {
    return Object.keys(this.#attributes);
  }

  childrenOf(tag: string): readonly XmlElement[] {
    return this.children.filter((child) => child.tag === tag);
  }
}

function elementsOf(nodes: readonly OrderedNode[]): OrderedNode[] {
  return nodes.filter((node) => !('#text' in node));
}
