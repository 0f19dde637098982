/** Times of day as the reader's own clock has them; the page, which does not know it, says UTC. */
export function showLocalTimes(): void {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' })
  for (const time of document.querySelectorAll<HTMLTimeElement>('time[data-clock]')) {
    time.textContent = format.format(new Date(time.dateTime))
    delete time.dataset.clock
  }
}
