import { z } from 'zod'
import { normaliseEmail } from './users/email.ts'
import { languages } from './users/entity.ts'
import { longestName, normaliseName } from './users/name.ts'

/** Long enough for any sentence, short enough that hashing it is no attack (ASVS 5.0, 6.2.9 asks for 64 at least). */
const longestPassword = 256

const normalised = (message: string, normalise: (text: string) => string | undefined) =>
  z
    .string()
    .max(1_000)
    .transform((text, context) => {
      const value = normalise(text)
      if (value !== undefined) return value
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    })

const name = normalised(`Not a name: 1 to ${longestName} characters, no control characters`, normaliseName)
const password = z.string().max(longestPassword)
const language = z.enum(languages)

export const registration = z.strictObject({
  email: normalised('Not an e-mail address', normaliseEmail),
  password,
  name,
  language: language.optional(),
})

/** What is left out stays as it is. */
export const userChange = z.strictObject({ name: name.optional(), language: language.optional() })

export const passwordChange = z.strictObject({ current: password, new: password })

/** Anything may be tried; what cannot be an account is refused like a wrong password. */
export const credentials = z.strictObject({
  email: z.string().max(320),
  password,
})

export const refreshBody = z.strictObject({ refreshToken: z.string().max(512) })
