/** After a form was refused: to the summary of what is wrong. Without scripts `autofocus` stands on the first bad field. */
export function focusFirstError(): void {
  const summary = document.querySelector<HTMLElement>('.error-summary')
  summary?.focus()
}
