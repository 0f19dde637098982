import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml'
import { configurationError } from './problem.ts'

/** A YAML file that knows where each of its fields stands. */
export interface ConfigDocument {
  readonly file: string
  readonly value: unknown
  /** Position of the value at `path`, or of its key; of what is nearest above when it is not there. */
  locate(path: readonly PropertyKey[], key: boolean): { line: number; column: number }
}

/**
 * @param file As it is shown in errors.
 * @throws BookstoreError with status 78 for text that is no YAML.
 */
export function parseConfig(text: string, file: string): ConfigDocument {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const position = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  if (document.errors.length > 0) {
    throw configurationError(
      document.errors.map((error) => ({
        file,
        ...position(error.pos[0]),
        path: '',
        found: `a mistake (${error.message.replaceAll('\n', ' ')})`,
        expected: 'YAML',
      })),
    )
  }
  return {
    file,
    value: plain(document, file) ?? {},
    locate: (path, key) => position(offsetOf(document, path, key)),
  }
}

/** An alias without its anchor, or more aliases than anybody writes by hand, is found out only here. */
function plain(document: Document, file: string): unknown {
  try {
    return document.toJS()
  } catch (error) {
    const found = `a mistake (${error instanceof Error ? error.message : String(error)})`
    throw configurationError([{ file, line: 1, column: 1, path: '', found, expected: 'YAML' }])
  }
}

function offsetOf(document: Document, path: readonly PropertyKey[], key: boolean): number {
  if (key) {
    const at = keyOffset(document, path)
    if (at !== undefined) return at
  }
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}

function keyOffset(document: Document, path: readonly PropertyKey[]): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  if (!isMap(parent)) return undefined
  const name = String(path.at(-1))
  const key = parent.items.map((pair) => pair.key).find((it) => isScalar(it) && String(it.value) === name)
  return isScalar(key) ? key.range?.[0] : undefined
}
