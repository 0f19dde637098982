import { migrateCommand } from '../kit/database-process.ts'
import { main } from '../kit/main.ts'
import { servePayments } from './wiring.ts'

await main({ serve: servePayments, migrate: migrateCommand('payments') })
