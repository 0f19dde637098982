import { z } from 'zod'

/** Languages of the storefront. */
export const languages = ['es', 'en'] as const
export type Language = (typeof languages)[number]

/** Somebody with an account. A closed account keeps its id alone. */
export interface User {
  id: string
  email: string
  name: string
  roles: string[]
  /** Null until chosen. */
  language: Language | null
}

/** A user who can prove who they are. */
export interface UserWithPassword extends User {
  passwordHash: string
  /** Another one after each change of the password; the same when it is only hashed anew. */
  passwordVersion: number
}

/** A user as the contract shows them, to themselves only. */
export const userSchema = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  language: z.enum(languages).nullable().describe('Null until chosen'),
})

export const toUser = ({ id, email, name, roles, language }: User): User => ({ id, email, name, roles, language })
