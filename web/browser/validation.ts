type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement

/** Longer than a press of a button. */
const pressMs = 250

const isChoice = (control: Control) => control.matches('select, [type=radio], [type=checkbox]')

const hasForm = ({ value, dataset }: Control) =>
  !dataset.form || value.trim() === '' || new RegExp(`^(?:${dataset.form})$`).test(value.trim())

/** What is wrong with it, in the page's own words and language; '' when nothing is. */
function faultOf(control: Control): string {
  const { validity, validationMessage, dataset, form } = control
  if (validity.valid) return hasForm(control) ? '' : (dataset.fault ?? '')
  if (validity.customError) return validationMessage
  if (!validity.valueMissing) return dataset.fault ?? validationMessage
  return dataset.missing ?? form?.dataset[isChoice(control) ? 'choose' : 'empty'] ?? validationMessage
}

/** Where the server would say it: after the legend of a choice, at the end of any other field. */
function placeOf(control: Control): { place: Element; described: Element; after: Element | null } | undefined {
  const group = control.matches('[type=radio]') ? control.closest('fieldset') : null
  if (group) return { place: group, described: group, after: group.querySelector('legend') }
  const field = control.closest('.field')
  return field ? { place: field, described: control, after: null } : undefined
}

function setOrRemove(element: Element, name: string, value: string): void {
  if (value) element.setAttribute(name, value)
  else element.removeAttribute(name)
}

/** Says beside a control what is wrong with it, or takes back what was said. True when nothing is wrong. */
export function judge(control: Control): boolean {
  const fault = faultOf(control)
  const found = placeOf(control)
  const id = `${control.name}-error`
  const said = document.getElementById(id)
  if (!found) return fault === ''
  const ids = (found.described.getAttribute('aria-describedby') ?? '')
    .split(' ')
    .filter((other) => other && other !== id)
  const text = said ?? document.createElement('p')
  text.id = id
  text.className = 'error'
  text.textContent = fault
  if (!fault) text.remove()
  else if (!said && found.after) found.after.after(text)
  else if (!said) found.place.append(text)
  setOrRemove(found.described, 'aria-invalid', fault && 'true')
  setOrRemove(found.described, 'aria-describedby', [...ids, ...(fault ? [id] : [])].join(' '))
  return fault === ''
}

const isSaidOf = ({ name }: Control) => document.getElementById(`${name}-error`) !== null

const controlsOf = (form: HTMLFormElement) =>
  [...form.elements].filter((each): each is Control => each.matches('input:not([type=hidden]), select, textarea'))

/**
 * Says what is wrong before a form is sent, beside its field and in the page's language, which a browser's own bubbles do
 * not have; what only the server knows it says itself. Without scripts the browser judges.
 */
export function judgeWhileTyping(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-empty]')) form.noValidate = true
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement
    if (!form.dataset.empty) return
    const wrong = controlsOf(form).filter((control) => !judge(control))
    if (wrong.length === 0) return
    event.preventDefault()
    wrong[0]?.focus()
  })
  const each = (type: 'input' | 'change', act: (control: Control) => void) =>
    document.addEventListener(type, ({ target }) => {
      const control = target as Control
      if (control.form?.dataset.empty) act(control)
    })
  // What was wrong is no longer said as soon as it is right.
  each('input', (control) => isSaidOf(control) && faultOf(control) === '' && judge(control))
  // What is left wrong is said, but not while the press that left it may be on its way to a button: words that appear
  // would move it away. A field that was left empty may still be on its way to be filled.
  each('change', (control) => setTimeout(() => control.value !== '' && judge(control), pressMs))
}
