/** An element of an answer. Texts are kept as they were written, entities included. */
export interface Element {
  name: string
  /** As written, with the space before them. */
  attributes: string
  children: Array<Element | string>
}

/** Reads what the emulators write: no comments inside, no CDATA, no attribute that is needed. */
export function parseXml(text: string): Element {
  const root: Element = { name: '', attributes: '', children: [] }
  const open = [root]
  for (const [token] of text.matchAll(/<[^>]+>|[^<]+/g)) {
    const top = open.at(-1) ?? root
    if (!token.startsWith('<')) top.children.push(token)
    else if (token.startsWith('</')) open.pop()
    else if (token.startsWith('<?') || token.startsWith('<!')) root.attributes += token
    else {
      const [, name = '', attributes = '', empty] = /^<([^\s/>]+)([^>]*?)(\/?)>$/s.exec(token) ?? []
      const made: Element = { name, attributes, children: [] }
      top.children.push(made)
      if (!empty) open.push(made)
    }
  }
  return root
}

export function writeXml(element: Element): string {
  const inside = element.children.map((it) => (typeof it === 'string' ? it : writeXml(it))).join('')
  // The root holds the document's prologue.
  return element.name === ''
    ? element.attributes + inside
    : `<${element.name}${element.attributes}>${inside}</${element.name}>`
}

/** Children of that name. */
export function children(element: Element | undefined, name: string): Element[] {
  return (element?.children ?? []).filter((it): it is Element => typeof it !== 'string' && it.name === name)
}

/** The first one down a path of names. */
export function find(element: Element | undefined, ...path: string[]): Element | undefined {
  return path.reduce<Element | undefined>((at, name) => children(at, name)[0], element)
}

/** All of that name at any depth. */
export function everywhere(element: Element, name: string): Element[] {
  return element.children.flatMap((it) =>
    typeof it === 'string' ? [] : [...(it.name === name ? [it] : []), ...everywhere(it, name)],
  )
}

/** The text down a path; '' when there is none. */
export function textOf(element: Element | undefined, ...path: string[]): string {
  return (find(element, ...path)?.children ?? []).filter((it) => typeof it === 'string').join('')
}

/** Replaces the text of a child, which is made when it is not there. */
export function setText(element: Element, name: string, text: string): void {
  const found = find(element, name)
  if (found) found.children = [text]
  else element.children.push({ name, attributes: '', children: [text] })
}
