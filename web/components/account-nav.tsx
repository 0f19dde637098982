import { useView } from './view.ts'

export type AccountPageName = '/account' | '/addresses' | '/orders' | '/my-books' | '/my-sales'

/** The pages of one's account, side by side above each of them. `inside`: on a page that is reached from `here`. */
export function AccountNav({ here, inside = false }: { here: AccountPageName; inside?: boolean }) {
  const { t, to } = useView()
  const pages: readonly [AccountPageName, string][] = [
    ['/account', t.account.overview],
    ['/addresses', t.account.addresses],
    ['/orders', t.nav.orders],
    ['/my-books', t.nav.myBooks],
    ['/my-sales', t.account.sales],
  ]
  return (
    <nav class="account-nav" aria-label={t.account.pages}>
      <ul>
        {pages.map(([path, name]) => (
          <li key={path}>
            <a href={to(path)} aria-current={path === here ? (inside ? 'true' : 'page') : undefined}>
              {name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}
