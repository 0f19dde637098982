/** Where the order goes as the form stands: to a saved address, or to the one that is written. */
function countryOf(form: HTMLFormElement): string {
  const chosen = form.querySelector<HTMLInputElement>('[name=address]:checked')
  return chosen?.dataset.country ?? form.querySelector<HTMLSelectElement>('[name=country]')?.value ?? ''
}

/** What the chosen delivery makes of the sum. */
function showSums(form: HTMLFormElement): void {
  const chosen = form.querySelector('[name=deliveryProvider]:checked')?.closest<HTMLElement>('.choice')
  for (const row of form.querySelectorAll<HTMLElement>('[data-sum]')) {
    const sum = chosen?.dataset[row.dataset.sum ?? '']
    row.hidden = sum === undefined
    row.querySelector('dd')?.replaceChildren(sum ?? '')
  }
}

/** Providers that do not go to the chosen country step back; the server refuses them anyway. */
export function matchDelivery(): void {
  const form = document.querySelector<HTMLFormElement>('form[data-enhance=checkout]')
  if (!form) return
  const providers = document.querySelectorAll<HTMLElement>('.choice[data-countries]')
  const match = () => {
    const country = countryOf(form)
    for (const provider of providers) {
      const serves = !country || provider.dataset.countries?.split(' ').includes(country)
      const input = provider.querySelector('input')
      provider.classList.toggle('choice-away', !serves)
      if (!input) continue
      input.disabled = !serves
      if (!serves) input.checked = false
    }
    showSums(form)
  }
  form.addEventListener('change', match)
  match()
}
