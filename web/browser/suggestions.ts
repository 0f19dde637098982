import { announce } from './page.ts'

interface Suggestion {
  text: string
  detail: string
  url: string
}
interface Answer {
  items: Suggestion[]
  said: string
}

const pauseMs = 140
const shortest = 2

async function ask(url: string, q: string, signal: AbortSignal): Promise<Answer | undefined> {
  try {
    const answer = await fetch(`${url}?${new URLSearchParams({ q })}`, { signal })
    return answer.ok ? ((await answer.json()) as Answer) : undefined
  } catch {
    return undefined
  }
}

function optionOf({ text, detail, url }: Suggestion, id: string): HTMLLIElement {
  const option = document.createElement('li')
  option.id = id
  option.role = 'option'
  option.className = 'suggestion'
  option.ariaSelected = 'false'
  option.dataset.url = url
  for (const [name, words] of [
    ['suggestion-text', text],
    ['suggestion-detail', detail],
  ] as const) {
    const part = document.createElement('span')
    part.className = name
    part.textContent = words
    option.append(part, ' ')
  }
  return option
}

/** The list under one search field. Focus stays in the field; `aria-activedescendant` says which suggestion is meant. */
class Combobox {
  readonly #input: HTMLInputElement
  readonly #list = document.createElement('ul')
  #active = -1

  constructor(input: HTMLInputElement, label: string) {
    this.#input = input
    this.#list.id = `${input.id}-suggestions`
    this.#list.role = 'listbox'
    this.#list.ariaLabel = label
    this.#list.className = 'suggestions'
    this.#list.hidden = true
    input.after(this.#list)
    // A search field may not be a combobox; the keyboard of a phone still shows its search key, by `enterkeyhint`.
    input.type = 'text'
    input.role = 'combobox'
    input.ariaAutoComplete = 'list'
    input.ariaHasPopup = 'listbox'
    input.setAttribute('aria-controls', this.#list.id)
    this.close()
    this.#list.addEventListener('pointerdown', (event) => event.preventDefault())
    this.#list.addEventListener('click', ({ target }) => this.#go((target as Element).closest('li')))
  }

  get open(): boolean {
    return !this.#list.hidden
  }

  show(items: readonly Suggestion[]): void {
    this.#list.replaceChildren(...items.map((item, index) => optionOf(item, `${this.#list.id}-${index}`)))
    this.#mark(-1)
    this.#setOpen(items.length > 0)
  }

  close(): void {
    this.#mark(-1)
    this.#setOpen(false)
  }

  /** Opens the list again as it was. False when it is empty. */
  reopen(): boolean {
    if (this.#list.children.length > 0) this.#setOpen(true)
    return this.open
  }

  /** One on or back; beyond either end nothing is meant but what was typed. */
  move(step: 1 | -1): void {
    const places = this.#list.children.length + 1
    this.#mark(((this.#active + 1 + step + places) % places) - 1)
  }

  /** Goes to what is meant. False when that is just what was typed. */
  choose(): boolean {
    return this.#go(this.#list.children[this.#active])
  }

  #setOpen(open: boolean): void {
    this.#list.hidden = !open
    this.#input.ariaExpanded = String(open)
  }

  #mark(index: number): void {
    this.#active = index
    for (const [place, option] of [...this.#list.children].entries()) option.ariaSelected = String(place === index)
    const option = this.#list.children[index]
    if (option) this.#input.setAttribute('aria-activedescendant', option.id)
    else this.#input.removeAttribute('aria-activedescendant')
    option?.scrollIntoView({ block: 'nearest' })
  }

  #go(option: Element | null | undefined): boolean {
    const url = (option as HTMLElement | null | undefined)?.dataset.url
    if (url === undefined) return false
    location.assign(url)
    return true
  }
}

function onKey(box: Combobox, event: KeyboardEvent): void {
  const { key } = event
  if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return
  if (key === 'ArrowDown' || key === 'ArrowUp') {
    if (!box.open && !box.reopen()) return
    box.move(key === 'ArrowDown' ? 1 : -1)
  } else if (key === 'Escape' && box.open) box.close()
  else if (!(key === 'Enter' && box.open && box.choose())) return
  event.preventDefault()
}

function enhance(form: HTMLFormElement): void {
  const input = form.querySelector<HTMLInputElement>('input[name=q]')
  const { suggestions, label = '' } = form.dataset
  if (!input || !suggestions) return
  const box = new Combobox(input, label)
  let timer = 0
  let running = new AbortController()
  const stop = () => {
    clearTimeout(timer)
    running.abort()
    box.close()
  }
  const look = async () => {
    running = new AbortController()
    const { signal } = running
    const answer = await ask(suggestions, input.value.trim(), signal)
    if (!answer || signal.aborted) return
    box.show(answer.items)
    announce(answer.said)
  }
  input.addEventListener('input', () => {
    clearTimeout(timer)
    running.abort()
    if (input.value.trim().length < shortest) box.show([])
    else timer = window.setTimeout(look, pauseMs)
  })
  input.addEventListener('keydown', (event) => onKey(box, event))
  input.addEventListener('blur', stop)
  form.addEventListener('submit', stop)
}

/** Search fields suggest books and authors. */
export function suggestWhileTyping(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-suggestions]')) enhance(form)
}
