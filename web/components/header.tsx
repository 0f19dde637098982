import { CartIcon, SearchIcon } from './icons.tsx'
import { useView } from './view.ts'

export function SearchForm({ query = '', id }: { query?: string; id: string }) {
  const { t, to } = useView()
  return (
    <search class="search">
      <form action={to('/books')} method="get" data-suggestions={to('/suggestions')} data-label={t.suggest.label}>
        <label class="visually-hidden" for={id}>
          {t.search.label}
        </label>
        <input
          id={id}
          type="search"
          name="q"
          value={query}
          placeholder={t.search.placeholder}
          maxLength={200}
          autocomplete="off"
          enterkeyhint="search"
        />
        <button type="submit" aria-label={t.search.submit}>
          <SearchIcon />
        </button>
      </form>
    </search>
  )
}

function LanguageSwitch() {
  const { lang, shop, path, t } = useView()
  const other = shop.languages.find((language) => language !== lang)
  if (!other) return null
  return (
    <a class="language" href={`/${other}${path}`} lang={other} hreflang={other} rel="alternate">
      {t.nav.otherLanguage}
    </a>
  )
}

function AccountLinks() {
  const { t, to, user } = useView()
  if (!user)
    return (
      <a class="account" href={to('/login')}>
        {t.nav.login}
      </a>
    )
  return (
    <details class="menu">
      <summary aria-label={t.nav.hello(user.name)}>
        <span class="menu-name">{user.name || t.nav.account}</span>
      </summary>
      <ul>
        <li>
          <a class="menu-item" href={to('/account')}>
            {t.account.title}
          </a>
        </li>
        <li>
          <a class="menu-item" href={to('/orders')}>
            {t.nav.orders}
          </a>
        </li>
        <li>
          <a class="menu-item" href={to('/my-books')}>
            {t.nav.myBooks}
          </a>
        </li>
        <li>
          <a class="menu-item" href={to('/my-sales')}>
            {t.account.sales}
          </a>
        </li>
        <li>
          <form method="post" action={to('/logout')}>
            <button class="menu-item" type="submit">
              {t.nav.logout}
            </button>
          </form>
        </li>
      </ul>
    </details>
  )
}

export function CartLink() {
  const { t, to, cartCount } = useView()
  return (
    <a class="cart-link" id="cart-link" href={to('/cart')}>
      <CartIcon />
      <span class="cart-word">{t.nav.cart}</span>{' '}
      {cartCount > 0 && (
        <span class="cart-count">
          {cartCount}
          <span class="visually-hidden"> {t.nav.cartBooks(cartCount)}</span>
        </span>
      )}
    </a>
  )
}

function queryOf(path: string): string {
  const at = path.indexOf('?')
  return path.startsWith('/books') && at >= 0 ? (new URLSearchParams(path.slice(at)).get('q') ?? '') : ''
}

export function Header() {
  const { t, to, shop, path } = useView()
  const current = (page: string) => (path.split('?', 1)[0] === page ? ('page' as const) : undefined)
  return (
    <header class="top">
      <div class="top-row">
        <a class="wordmark" href={to('/')} aria-label={`${shop.name}: ${t.nav.home}`}>
          {shop.name}
        </a>
        <nav class="shelves" aria-label={t.nav.main}>
          <a href={to('/books')} aria-current={current('/books')}>
            {t.nav.books}
          </a>
          <a href={to('/sell')} aria-current={current('/sell')}>
            {t.nav.sell}
          </a>
        </nav>
        <SearchForm id="search" query={queryOf(path)} />
        <nav class="person" aria-label={t.nav.account}>
          <LanguageSwitch />
          <AccountLinks />
        </nav>
        <CartLink />
      </div>
    </header>
  )
}
