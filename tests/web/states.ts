import type { Page } from 'playwright-core'
import { inTown } from './household.ts'
import type { Visitor } from './visitor.ts'
import type { World } from './world.ts'

type Who = 'stranger' | 'guest' | 'fresh' | 'first' | 'home' | 'surprised' | 'buyer'

/** A page in one of its states. */
export interface State {
  name: string
  who: Who
  /** After the language. */
  path: string
  /** What is done there to bring it into its state. */
  act?(page: Page): Promise<unknown>
}

/** Sends the form that goes to `action`, past all that would judge it on its way. */
const send =
  (action: string, fields: Record<string, string> = {}) =>
  async (page: Page): Promise<void> => {
    const script = `(() => {
      const form = [...document.querySelectorAll('main form')].find(({ action, method }) =>
        method === 'post' && new URL(action).pathname.endsWith(${JSON.stringify(action)}))
      for (const [name, value] of Object.entries(${JSON.stringify(fields)})) {
        const field = form.elements.namedItem(name)
        if (field.type === 'checkbox') field.checked = value !== ''
        else field.value = value
      }
      form.submit()
    })()`
    await Promise.all([page.waitForEvent('load'), page.evaluate(script)])
  }

/** As a script of the page finds it wanting, before anything is sent. */
async function judged(page: Page): Promise<void> {
  await page.locator('main form:has(.field) button[type=submit]').first().click()
  await page.locator('main .error').first().waitFor()
}

/** Who looks at a state. */
export function visitorOf({ who }: State, world: World): Visitor {
  return who === 'home' ? world.home.visitor : world[who]
}

const nowhere = { name: '', street: '', city: '', region: '', postalCode: '', country: '' }

const strangers = ({ books }: World): State[] => [
  { name: 'home', who: 'stranger', path: '' },
  { name: 'home-after-logout', who: 'stranger', path: '?done=out' },
  { name: 'home-account-closed', who: 'stranger', path: '?done=closed' },
  { name: 'browse', who: 'stranger', path: 'books' },
  {
    name: 'browse-filtered',
    who: 'stranger',
    path: 'books?language=es&condition=good&maxPrice=40&inStock=true&sort=price',
  },
  { name: 'browse-filters-open', who: 'stranger', path: 'books#filters' },
  { name: 'browse-author', who: 'stranger', path: 'books?author=Jane%20Austen' },
  { name: 'browse-last-page', who: 'stranger', path: 'books?q=cervantes&sort=title' },
  { name: 'search', who: 'stranger', path: 'books?q=quijote' },
  { name: 'search-empty', who: 'stranger', path: 'books?q=zzzzqqqq&language=fr' },
  { name: 'book', who: 'stranger', path: `books/${books.onSale}` },
  { name: 'book-long', who: 'stranger', path: `books/${books.long}` },
  { name: 'book-sold-out', who: 'stranger', path: `books/${books.soldOut}` },
  { name: 'cart-empty', who: 'stranger', path: 'cart' },
  { name: 'login', who: 'stranger', path: 'login?next=%2Fes%2Fcheckout' },
  { name: 'login-ended', who: 'stranger', path: 'login?why=ended' },
  {
    name: 'login-wrong',
    who: 'stranger',
    path: 'login',
    act: send('/login', { email: 'ana@example.com', password: 'x' }),
  },
  { name: 'login-empty', who: 'stranger', path: 'login', act: send('/login') },
  { name: 'register', who: 'stranger', path: 'register' },
  {
    name: 'register-errors',
    who: 'stranger',
    path: 'register',
    act: send('/register', { email: 'ana', password: 'x' }),
  },
  { name: 'register-judged', who: 'stranger', path: 'register', act: judged },
  { name: 'about', who: 'stranger', path: 'about' },
  { name: 'not-found', who: 'stranger', path: 'nothing-here' },
]

const suggesting: State = {
  name: 'suggestions',
  who: 'stranger',
  path: '',
  act: async (page) => {
    await page.locator('#search').fill('cervan')
    await page.locator('.suggestion').first().waitFor()
    await page.keyboard.press('ArrowDown')
  },
}

const added: State['act'] = async (page) => {
  await page.locator('.buy button[type=submit]').click()
  await page.locator('.buy .notice').waitFor()
}

const guests = ({ books }: World): State[] => [
  { name: 'home-with-seen', who: 'guest', path: `books/${books.onSale}`, act: seen },
  { name: 'book-added', who: 'guest', path: `books/${books.onSale}`, act: added },
  { name: 'cart', who: 'guest', path: 'cart' },
  { name: 'cart-added', who: 'guest', path: 'cart?done=added' },
  { name: 'cart-full', who: 'guest', path: 'cart?done=full' },
]

async function seen(page: Page): Promise<void> {
  await page.goto(`${page.url().replace(/\/books\/.*/, '')}/`)
  await page.locator('#seen .card-link').first().waitFor()
}

const newcomers: State[] = [
  { name: 'orders-none', who: 'fresh', path: 'orders' },
  { name: 'my-books-none', who: 'fresh', path: 'my-books' },
  { name: 'my-sales-none', who: 'fresh', path: 'my-sales' },
  { name: 'my-sales-none-shipped', who: 'fresh', path: 'my-sales?state=shipped' },
  { name: 'addresses-none', who: 'fresh', path: 'addresses' },
  { name: 'menu-open', who: 'fresh', path: 'about', act: (page) => page.locator('.menu summary').click() },
  { name: 'close-account-unticked', who: 'fresh', path: 'account/close', act: send('/account/close') },
  { name: 'home-as-member', who: 'fresh', path: '' },
]

const surprised: State[] = [{ name: 'cart-changed', who: 'surprised', path: 'cart' }]

const orders = ({ orders: by }: World): State[] => [
  ...Object.entries(by).map(([state, id]): State => ({ name: `order-${state}`, who: 'buyer', path: `orders/${id}` })),
  { name: 'order-thanks', who: 'buyer', path: `orders/${by.paid}?done=paid` },
  { name: 'order-too-late', who: 'buyer', path: `orders/${by.delivered}?done=too-late` },
  { name: 'orders', who: 'buyer', path: 'orders' },
  { name: 'receipt', who: 'buyer', path: `orders/${by.paid}/receipt` },
  { name: 'receipt-refunded', who: 'buyer', path: `orders/${by.refunded}/receipt` },
  { name: 'pay', who: 'buyer', path: `orders/${by.reserved}/pay` },
  {
    name: 'pay-declined',
    who: 'buyer',
    path: `orders/${by.declined}/pay`,
    act: send('/pay', { card: 'tok_declined' }),
  },
]

const checkouts: State[] = [
  { name: 'checkout-first', who: 'first', path: 'checkout' },
  { name: 'checkout-first-judged', who: 'first', path: 'checkout', act: judged },
  {
    name: 'checkout-first-errors',
    who: 'first',
    path: 'checkout',
    act: send('/checkout', { ...nowhere, deliveryProvider: '' }),
  },
  { name: 'checkout', who: 'home', path: 'checkout' },
  {
    name: 'checkout-other-address',
    who: 'home',
    path: 'checkout',
    act: (page) => page.locator('[name=address][value=new]').check(),
  },
  {
    name: 'checkout-errors',
    who: 'home',
    path: 'checkout',
    act: send('/checkout', { ...inTown, street: '', country: '', address: 'new', deliveryProvider: '' }),
  },
  {
    name: 'checkout-new-prices',
    who: 'home',
    path: 'checkout',
    act: send('/checkout', { shown: '1', deliveryProvider: 'albatross' }),
  },
]

const members = ({ home }: World): State[] => {
  const { own, paused, order, address } = home
  const ownBook = `my-books/${own}`
  return [
    { name: 'cart-member', who: 'home', path: 'cart?done=updated' },
    { name: 'order-of-two-sellers', who: 'home', path: `orders/${order}` },
    { name: 'account', who: 'home', path: 'account?done=saved' },
    { name: 'account-errors', who: 'home', path: 'account', act: send('/account', { name: '' }) },
    {
      name: 'password-errors',
      who: 'home',
      path: 'account',
      act: send('/account/password', { current: 'wrong', new: 'short' }),
    },
    { name: 'close-account', who: 'home', path: 'account/close' },
    {
      name: 'close-account-open-orders',
      who: 'home',
      path: 'account/close',
      act: send('/account/close', { sure: 'yes' }),
    },
    { name: 'addresses', who: 'home', path: 'addresses?done=saved' },
    { name: 'addresses-full', who: 'home', path: 'addresses?done=full' },
    { name: 'address-new', who: 'home', path: 'addresses/new' },
    { name: 'address', who: 'home', path: `addresses/${address}` },
    { name: 'address-errors', who: 'home', path: 'addresses/new', act: send('/addresses/new', nowhere) },
    { name: 'sell', who: 'home', path: 'sell' },
    { name: 'sell-errors', who: 'home', path: 'sell', act: send('/sell', { title: '', price: 'doce', year: '3000' }) },
    { name: 'book-published', who: 'home', path: `books/${own}?done=published` },
    { name: 'book-paused', who: 'home', path: `books/${paused}` },
    { name: 'edit', who: 'home', path: ownBook },
    { name: 'edit-no-cover', who: 'home', path: `${ownBook}?done=no-cover` },
    { name: 'edit-stale', who: 'home', path: ownBook, act: send(`/my-books/${own}`, { etag: '"0"' }) },
    { name: 'my-books', who: 'home', path: `my-books?done=stock&book=${own}` },
    { name: 'my-books-stale', who: 'home', path: `my-books?done=stale&book=${own}` },
    { name: 'my-sales', who: 'home', path: 'my-sales?done=shipped&order=K7Q2-9XWM' },
    { name: 'my-sales-shipped', who: 'home', path: 'my-sales?state=shipped&done=cancelled' },
  ]
}

/** Every page of the shop, in every state that it has while the shop is well. */
export function allStates(world: World): State[] {
  return [
    ...strangers(world),
    suggesting,
    ...guests(world),
    ...newcomers,
    ...surprised,
    ...orders(world),
    ...checkouts,
    ...members(world),
  ]
}
