import { migrateCommand } from '../kit/database-process.ts'
import { main } from '../kit/main.ts'
import { reconcileSales, serveSales } from './wiring.ts'

await main({ serve: serveSales, migrate: migrateCommand('sales'), reconcile: reconcileSales })
