import { moment } from '../i18n/format.ts'
import { useView } from './view.ts'

const place = '\0'

/**
 * A date and a time of day, within a sentence where `say` makes one of it. The page says it in UTC; a script says it in
 * the reader's own time.
 */
export function Moment({ at, say = (text) => text }: { at: string; say?: (moment: string) => string }) {
  const { lang } = useView()
  const [before, after] = say(place).split(place)
  return (
    <>
      {before}
      <time dateTime={at} data-clock>
        {moment(lang, at)}
      </time>
      {after}
    </>
  )
}
