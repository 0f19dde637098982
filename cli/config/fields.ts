import * as z from 'zod'

/** Kinds of values that stand in several sections of the configuration. */

export const port = z.int('a whole number').min(1, 'a port from 1 to 65535').max(65_535, 'a port from 1 to 65535')

export const instances = z.int('a whole number').min(1, 'from 1 to 8').max(8, 'from 1 to 8').optional()
