const overtaken = new Set(['AbortError', 'InvalidStateError'])

/**
 * A transition between pages that the reader overtakes, or that comes too late, is given up, and its promises, which
 * nobody holds, are rejected. That is no error, and no console need say so. What our own scripts abort they catch.
 */
export function allowSkippedTransitions(): void {
  addEventListener('unhandledrejection', (event) => {
    if (event.reason instanceof DOMException && overtaken.has(event.reason.name)) event.preventDefault()
  })
}
