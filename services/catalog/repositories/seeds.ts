import { type Queryable, statement } from '../../kit/database.ts'

const begin = statement('seed-begin', 'insert into seeds (name) values ($1) on conflict (name) do nothing')

/** False when this seed was sown before. Of several at once all but one wait, and then see that. */
export const beginSeed = async (tx: Queryable, name: string): Promise<boolean> => (await tx.count(begin, [name])) > 0
