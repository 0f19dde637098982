/** Books on a board, with a gap where one is missing: for the eye alone, on pages that have nothing else to show. */
export function EmptyShelf() {
  return (
    <div class="spines" aria-hidden="true">
      <span />
      <span />
      <span />
      <span class="spine-missing" />
      <span class="spine-leaning" />
    </div>
  )
}

/** The same with a number on the backs. What is not there is missing in the middle. */
export function NumberedShelf({ number }: { number: number }) {
  return (
    <div class="spines spines-numbered" aria-hidden="true">
      {[...String(number)].map((digit, index) => (
        <span key={index} class={number === 404 && index === 1 ? 'spine-missing' : undefined}>
          {digit}
        </span>
      ))}
    </div>
  )
}
