import { Contact } from './contact.tsx'
import { useView } from './view.ts'

export function Footer() {
  const { t, to, shop, lang } = useView()
  return (
    <footer class="bottom">
      <div class="bottom-row">
        <p class="colophon">
          <span class="colophon-name">{shop.name}</span>
          <span>{shop.tagline[lang]}</span>
          {shop.contact && (
            <span>
              <Contact />
            </span>
          )}
        </p>
        <nav aria-label={t.nav.footer}>
          <ul>
            <li>
              <a href={to('/books')}>{t.nav.books}</a>
            </li>
            <li>
              <a href={to('/sell')}>{t.nav.sell}</a>
            </li>
            <li>
              <a href={to('/orders')}>{t.nav.orders}</a>
            </li>
            <li>
              <a href={to('/about')}>{t.nav.about}</a>
            </li>
            <li>
              <a href={to('/feed.atom')}>{t.feed.link}</a>
            </li>
          </ul>
        </nav>
        {shop.legal[lang] && <p class="legal">{shop.legal[lang]}</p>}
      </div>
    </footer>
  )
}
