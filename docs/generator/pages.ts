import { verbs } from '../../cli/commands/index.ts'
import { commandLinePage } from './command-line.ts'
import { configurationPage } from './configuration.ts'
import { exitCodesPage } from './exit-codes.ts'
import { configurationSchema } from './schema.ts'

/** All generated pages, by file name. The same sources give the same bytes. */
export function referencePages(): Readonly<Record<string, string>> {
  const schema = configurationSchema()
  return {
    'cli.md': commandLinePage(verbs),
    'configuration.md': configurationPage(schema),
    'configuration.schema.json': `${JSON.stringify(schema, undefined, 2)}\n`,
    'exit-codes.md': exitCodesPage(),
  }
}
