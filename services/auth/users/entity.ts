import { z } from 'zod'

/** Somebody with an account. A closed account keeps its id alone. */
export interface User {
  id: string
  email: string
  name: string
  roles: string[]
}

/** A user who can prove who they are. */
export interface UserWithPassword extends User {
  passwordHash: string
}

/** A user as the contract shows them, to themselves only. */
export const userSchema = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
})

export const toUser = ({ id, email, name, roles }: User): User => ({ id, email, name, roles })
