import type { XmlElement } from './XmlElement.ts';

// Typed access to the parts of a URDF element. `owner` is the link or joint that errors name.

export function required(element: XmlElement, attribute: string, owner: string): string {
  const value = element.attribute(attribute);
  if (value === undefined || value === '') {
    throw new Error(`URDF ${owner}: <${element.tag}> expected attribute "${attribute}"`);
  }
  return value;
}

export function number(
  element: XmlElement,
  attribute: string,
  owner: string,
  fallback?: number,
): number {
  const spare = fallback === undefined ? undefined : [fallback];
  return numbers(element, attribute, 1, owner, spare)[0] as number;
}

export function numbers(
  element: XmlElement,
  attribute: string,
  count: number,
  owner: string,
  fallback?: readonly number[],
): readonly number[] {
  if (fallback !== undefined && element.attribute(attribute) === undefined) return fallback;
  const text = required(element, attribute, owner);
  const values = text.trim().split(/\s+/).map(Number);
  if (values.length !== count || !values.every(Number.isFinite)) {
    throw new Error(
      `URDF ${owner}: <${element.tag} ${attribute}> expected ${count} finite number(s), found "${text}"`,
    );
  }
  return values;
}

export function positive(
  value: number,
  element: XmlElement,
  attribute: string,
  owner: string,
): number {
  if (value > 0) return value;
  throw new Error(
    `URDF ${owner}: <${element.tag} ${attribute}> expected a positive number, found ${value}`,
  );
}

export function onlyChild(element: XmlElement, tag: string, owner: string): XmlElement {
  const child = optionalChild(element, tag, owner);
  if (child === undefined) throw new Error(`URDF ${owner}: <${element.tag}> expected a <${tag}>`);
  return child;
}

export function optionalChild(
  element: XmlElement,
  tag: string,
  owner: string,
): XmlElement | undefined {
  const found = element.childrenOf(tag);
  if (found.length > 1) {
    throw new Error(`URDF ${owner}: expected one <${tag}>, found ${found.length}`);
  }
  return found[0];
}

export function allowOnly(element: XmlElement, tags: readonly string[], owner: string): void {
  for (const child of element.children) {
    if (!tags.includes(child.tag)) throw unsupported(child, owner);
  }
}

export function unsupported(element: XmlElement, owner: string): Error {
  return new Error(`URDF ${owner}: <${element.tag}> is not supported`);
}
