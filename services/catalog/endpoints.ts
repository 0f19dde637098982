import type { Endpoint } from '../kit/endpoint.ts'
import type { Catalog } from './context.ts'
import { bookEndpoints } from './endpoints/books.ts'
import { coverEndpoints } from './endpoints/covers.ts'
import { finderEndpoints } from './endpoints/finders.ts'
import { listEndpoint } from './endpoints/list.ts'

/** What the gateway routes, as the design's REST contract has it. */
export const catalogEndpoints = (catalog: Catalog): Endpoint[] => [
  listEndpoint(catalog),
  ...finderEndpoints(catalog),
  ...bookEndpoints(catalog),
  ...coverEndpoints(catalog),
]
