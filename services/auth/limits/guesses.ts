import { type Counter, counter, networkOf } from './limit.ts'

/**
 * Failures only. The owner of an account that somebody guesses at from elsewhere still gets in: no counter
 * belongs to the account alone (ASVS 5.0, 6.1.1 and 6.3.1).
 */
const accountLimit = { name: 'login-account', most: 10, seconds: 300 }
/** A classroom shares an address, and mistypes. */
const addressLimit = { name: 'login-address', most: 100, seconds: 300 }
/** Whoever found a session open guesses no more at its password for coming from many addresses. */
const sessionLimit = { name: 'password-session', most: 10, seconds: 300 }

/** Wrong passwords for one account from one network. */
export const accountGuesses = (email: string, address: string): Counter =>
  counter(accountLimit, email.toLowerCase(), networkOf(address))

/** Wrong passwords from one network, whosever account. */
export const addressGuesses = (address: string): Counter => counter(addressLimit, networkOf(address))

/** Wrong passwords from within one session, wherever it is. */
export const sessionGuesses = (sessionId: string): Counter => counter(sessionLimit, sessionId)
