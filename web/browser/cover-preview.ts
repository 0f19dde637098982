/** Shows the chosen file's weight at once when it is too heavy, instead of after an upload in vain. */
export function previewCover(): void {
  const input = document.querySelector<HTMLInputElement>('input[type=file][data-limit]')
  input?.addEventListener('change', () => {
    const file = input.files?.[0]
    const tooHeavy = file !== undefined && file.size > Number(input.dataset.limit)
    input.setCustomValidity(tooHeavy ? (input.dataset.tooHeavy ?? '') : '')
    input.reportValidity()
  })
}
