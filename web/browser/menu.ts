/** Closes an open menu with Escape, or with a click beside it. */
export function closeMenus(): void {
  const menus = document.querySelectorAll<HTMLDetailsElement>('details.menu')
  document.addEventListener('click', ({ target }) => {
    for (const menu of menus) if (menu.open && !menu.contains(target as Node)) menu.open = false
  })
  document.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return
    for (const menu of menus)
      if (menu.open) {
        menu.open = false
        menu.querySelector('summary')?.focus()
      }
  })
}
