import { announce, fetchPage, replaceFrom } from './page.ts'

/** Adds a book without leaving its page: the form is sent as it stands, and the header is taken from the answer. */
async function add(form: HTMLFormElement): Promise<void> {
  const button = form.querySelector<HTMLButtonElement>('button[type=submit]')
  button?.setAttribute('aria-disabled', 'true')
  const body = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]))
  const answer = await fetchPage(form.action, { method: 'POST', body })
  button?.removeAttribute('aria-disabled')
  if (!answer || !replaceFrom(answer.page, 'cart-link')) {
    form.submit()
    return
  }
  document.querySelector('.cart-count')?.classList.add('fresh')
  showNotice(form, answer.page)
}

/** What the cart's page says of it, beside the button. */
function showNotice(form: HTMLFormElement, page: Document): void {
  const notice = page.querySelector('.notice, .warning')
  form.querySelector('.notice, .warning')?.remove()
  if (!notice) return
  const link = document.getElementById('cart-link') as HTMLAnchorElement | null
  const shown = document.adoptNode(notice)
  shown.removeAttribute('role')
  if (link) {
    const toCart = document.createElement('a')
    toCart.href = link.href
    toCart.textContent = form.dataset.toCart ?? ''
    shown.querySelector('p')?.append(' ', toCart)
  }
  form.append(shown)
  announce(`${notice.textContent?.trim() ?? ''} ${link?.textContent ?? ''}`)
}

export function enhanceCart(): void {
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement
    if (form.dataset.enhance !== 'add-to-cart' || event.defaultPrevented) return
    event.preventDefault()
    if (form.querySelector('[aria-disabled]')) return
    add(form)
  })
}

/** A changed quantity is taken at once; the sums come back with the page's answer. */
export function enhanceBasket(): void {
  document.addEventListener('change', async ({ target }) => {
    const input = target as HTMLInputElement
    const form = input.form
    if (form?.dataset.enhance !== 'basket' || !input.checkValidity()) return
    const body = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]))
    const answer = await fetchPage(form.action, { method: 'POST', body })
    if (!answer || !replaceFrom(answer.page, 'basket')) {
      location.reload()
      return
    }
    replaceFrom(answer.page, 'cart-link')
    document.getElementById(input.id)?.focus()
    announce(document.querySelector('#basket .sum-total')?.textContent ?? '')
  })
}
