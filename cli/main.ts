import { verbs } from './commands/index.ts'
import { parse } from './frame/program.ts'

parse(process.argv.slice(2), verbs, (text) => process.stdout.write(text))
