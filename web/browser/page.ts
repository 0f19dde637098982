/** Fetches one of our pages as a document. Undefined when it cannot be had: the caller then lets the browser do it. */
export async function fetchPage(
  url: string,
  init: RequestInit = {},
): Promise<{ page: Document; url: string } | undefined> {
  try {
    const answer = await fetch(url, { credentials: 'same-origin', ...init })
    if (!answer.ok || !answer.headers.get('content-type')?.startsWith('text/html')) return undefined
    return { page: new DOMParser().parseFromString(await answer.text(), 'text/html'), url: answer.url }
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    return undefined
  }
}

/** Puts the element with this id of `page` in the place of ours. */
export function replaceFrom(page: Document, id: string): boolean {
  const [ours, theirs] = [document.getElementById(id), page.getElementById(id)]
  if (!ours || !theirs) return false
  ours.replaceWith(document.adoptNode(theirs))
  return true
}

/** Says something to those who do not see it. */
export function announce(text: string): void {
  const announcer = document.getElementById('announcer')
  if (!announcer) return
  announcer.textContent = ''
  // Emptied and filled in one turn would be no change to announce.
  setTimeout(() => {
    announcer.textContent = text
  }, 50)
}
