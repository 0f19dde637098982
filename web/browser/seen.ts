/** Fills the place of the books seen lately, and notes the book of this page. */
export async function showSeen(): Promise<void> {
  const place = document.getElementById('seen')
  const { seen, book } = place?.dataset ?? {}
  if (!place || !seen) return
  const noted: RequestInit = book ? { method: 'POST', body: new URLSearchParams({ book }) } : {}
  const answer = await fetch(seen, { credentials: 'same-origin', ...noted }).catch(() => undefined)
  if (answer?.status !== 200) return
  const piece = new DOMParser().parseFromString(await answer.text(), 'text/html')
  place.replaceChildren(...piece.body.childNodes)
  place.hidden = false
}
