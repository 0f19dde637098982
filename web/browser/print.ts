/** Without scripts the browser's own command prints the page; a button of ours would do nothing, so it is shown here. */
export function offerPrint(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-print]')) {
    button.hidden = false
    button.addEventListener('click', () => print())
  }
}
