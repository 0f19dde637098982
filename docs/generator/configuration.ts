import { generatedMark } from './mark.ts'
import type { Schema } from './schema.ts'

const introduction = `# The configuration

${generatedMark}

\`bookstore.yaml\` in the current folder, or the file given with \`--config\`; nowhere else is searched, and without a file
the defaults hold. Everything has a default. Unknown fields are refused. \`bookstore init\` writes a first one.

An editor that reads JSON Schema completes and checks it with this first line:

\`\`\`yaml
# yaml-language-server: $schema=./docs/reference/configuration.schema.json
\`\`\`

## Fields`

const environments = `## Environments

\`--env NAME\` puts the fields of \`environments.NAME\` over those above: groups of fields are merged, everything else (a list
too) is replaced as a whole. They take the same fields.

\`\`\`yaml
domain: proyecto2.online
environments:
  rehearsal:
    name: rehearsal
    local:
      httpsPort: 9443
      httpPort: 9080
\`\`\`

## On this computer

The target \`local\` shows a public domain under a local name, its labels joined by hyphens: \`proyecto2.online\` stands at
\`https://proyecto2-online.localhost:8443\`. The local authority signs nothing outside of \`localhost\`.

All state lies in \`.bookstore/\` beside the configuration; the environment variable \`BOOKSTORE_HOME\` moves it.
`

/** One table a group of fields. */
export function configurationPage(schema: Schema): string {
  const { environments: _, ...fields } = schema.properties ?? {}
  const groups = Object.entries(fields).filter(([, field]) => field.properties)
  const single = Object.entries(fields).filter(([, field]) => !field.properties)
  const sections = groups.map(([name, group]) => `### ${name}\n\n${group.description}\n\n${table(rows(name, group))}`)
  return [introduction, table(single.map(([name, field]) => row(name, field))), ...sections, environments].join('\n\n')
}

function rows(path: string, group: Schema): readonly string[] {
  return Object.entries(group.properties ?? {}).flatMap(([name, field]) => {
    const at = `${path}.${name}`
    return field.properties ? [row(at, field), ...rows(at, field)] : [row(at, field)]
  })
}

function row(path: string, field: Schema): string {
  return `| \`${path}\` | ${kindOf(field)} | ${defaultOf(field)} | ${field.description ?? ''} |`
}

function table(lines: readonly string[]): string {
  return ['| field | value | default | meaning |', '|---|---|---|---|', ...lines].join('\n')
}

function kindOf(field: Schema): string {
  if (field.enum) return field.enum.map((it) => `\`${it}\``).join(', ')
  if (field.type === 'array')
    return `list of ${field.items?.enum ? kindOf(field.items) : 'text'}${range(field.minItems, field.maxItems)}`
  if (field.type === 'integer') return `whole number${range(field.minimum, field.maximum)}`
  if (field.type === 'object') return 'fields'
  if (field.pattern) return `text that matches \`${field.pattern.replaceAll('|', '\\|')}\``
  return `text${field.maxLength === undefined ? '' : `, at most ${field.maxLength} characters`}`
}

function range(from: number | undefined, to: number | undefined): string {
  if (to === undefined) return from === undefined ? '' : `, ${from} or more`
  return from === undefined ? `, at most ${to}` : `, ${from} to ${to}`
}

function defaultOf({ default: value }: Schema): string {
  return value === undefined || isEmpty(value) ? '' : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}
