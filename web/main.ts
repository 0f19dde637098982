import { main } from '../services/kit/main.ts'
import { serve } from './serve.ts'

await main({ serve })
