import { type Queryable, statement } from '../../kit/database.ts'

const insert = statement(
  'inbox-insert',
  'insert into payment_events (id, type) values ($1, $2) on conflict (id) do nothing',
)
const purge = statement('inbox-purge', `delete from payment_events where received_at < now() - interval '30 days'`)

/** True for the first time that an event comes; in the transaction of its effect. */
export async function firstTime(tx: Queryable, id: string, type: string): Promise<boolean> {
  return (await tx.count(insert, [id, type])) === 1
}

/** Forgets events that nobody sends any more. */
export const purgeInbox = (db: Queryable): Promise<number> => db.count(purge)
