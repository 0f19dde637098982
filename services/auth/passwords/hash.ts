import { hash, parseOptions, verify } from '@node-rs/argon2'

/** argon2id with OWASP's first choice of parameters. https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const

/** `Algorithm.Argon2id`, which a const enum keeps from us. */
const argon2id = 2

/** A PHC string with its own random salt. The password is taken exactly as it came (ASVS 5.0, 6.2.8). */
export const hashPassword = (password: string): Promise<string> =>
  hash(password, { ...parameters, algorithm: argon2id })

export const verifyPassword = (passwordHash: string, password: string): Promise<boolean> =>
  verify(passwordHash, password)

/** True for a hash that was made with other parameters than a new one would be. */
export function isOutdated(passwordHash: string): boolean {
  const { algorithm, memoryCost, timeCost, parallelism } = parseOptions(passwordHash)
  return (
    algorithm !== argon2id ||
    memoryCost !== parameters.memoryCost ||
    timeCost !== parameters.timeCost ||
    parallelism !== parameters.parallelism
  )
}
