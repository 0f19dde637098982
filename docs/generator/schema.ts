import * as z from 'zod'
import { configuration } from '../../cli/config/schema.ts'

/** As much of JSON Schema as our configuration uses. */
export interface Schema {
  type?: string
  description?: string
  default?: unknown
  enum?: readonly string[]
  pattern?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  items?: Schema
  properties?: Readonly<Record<string, Schema>>
  additionalProperties?: Schema | false
}

/** What an editor checks a bookstore.yaml against. */
export function configurationSchema(): Schema {
  return { title: 'bookstore.yaml', ...z.toJSONSchema(configuration, { io: 'input' }) } as Schema
}
