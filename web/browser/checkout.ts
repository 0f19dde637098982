/** Providers that do not go to the chosen country step back; the server refuses them anyway. */
export function matchDelivery(): void {
  const country = document.querySelector<HTMLSelectElement>('form[data-enhance=checkout] select[name=country]')
  if (!country) return
  const providers = document.querySelectorAll<HTMLElement>('.choice[data-countries]')
  const match = () => {
    for (const provider of providers) {
      const serves = !country.value || provider.dataset.countries?.split(' ').includes(country.value)
      const input = provider.querySelector('input')
      provider.classList.toggle('choice-away', !serves)
      if (!input) continue
      input.disabled = !serves
      if (!serves) input.checked = false
    }
  }
  country.addEventListener('change', match)
  match()
}
