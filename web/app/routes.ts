import { about } from '../routes/about.tsx'
import { createAccount, logIn, loginPage, logOut, registerPage } from '../routes/account.tsx'
import { addressesPage, addressPage, newAddressPage, saveAddress, saveNewAddress } from '../routes/addresses.tsx'
import { showBook } from '../routes/book.tsx'
import { browsePage } from '../routes/browse.tsx'
import { cartPage, changeCart } from '../routes/cart.tsx'
import { checkoutPage, placeTheOrder } from '../routes/checkout.tsx'
import { closeAccountPage, closeTheAccount } from '../routes/close-account.tsx'
import { home } from '../routes/home.tsx'
import { changeBook, editPage, myBooks } from '../routes/my-books.tsx'
import { markShipped, mySales } from '../routes/my-sales.tsx'
import { cancel, orderPage, ordersPage, pay, payPage, receiptPage } from '../routes/orders.tsx'
import { endOneSession, profilePage, savePassword, saveProfile } from '../routes/profile.tsx'
import { noteSeen, seenShelf } from '../routes/seen.tsx'
import { sell, sellPage } from '../routes/sell.tsx'
import type { Visit } from './visit.ts'

export interface Route {
  method: 'get' | 'post'
  /** After the language. */
  path: string
  /** Only with a session; without one the visitor is asked to log in and then goes on. */
  account?: boolean
  handle(visit: Visit): Promise<void>
}

/** Every page and every form of the shop. */
export const routes: readonly Route[] = [
  { method: 'get', path: '/', handle: home },
  { method: 'get', path: '/books', handle: browsePage },
  { method: 'get', path: '/books/:id', handle: showBook },
  { method: 'get', path: '/seen', handle: seenShelf },
  { method: 'post', path: '/seen', handle: noteSeen },
  { method: 'get', path: '/about', handle: about },
  { method: 'get', path: '/login', handle: loginPage },
  { method: 'post', path: '/login', handle: logIn },
  { method: 'get', path: '/register', handle: registerPage },
  { method: 'post', path: '/register', handle: createAccount },
  { method: 'post', path: '/logout', handle: logOut },
  { method: 'get', path: '/account', account: true, handle: profilePage },
  { method: 'post', path: '/account', account: true, handle: saveProfile },
  { method: 'post', path: '/account/password', account: true, handle: savePassword },
  { method: 'post', path: '/account/sessions', account: true, handle: endOneSession },
  { method: 'get', path: '/account/close', account: true, handle: closeAccountPage },
  { method: 'post', path: '/account/close', account: true, handle: closeTheAccount },
  { method: 'get', path: '/addresses', account: true, handle: addressesPage },
  { method: 'get', path: '/addresses/new', account: true, handle: newAddressPage },
  { method: 'post', path: '/addresses/new', account: true, handle: saveNewAddress },
  { method: 'get', path: '/addresses/:id', account: true, handle: addressPage },
  { method: 'post', path: '/addresses/:id', account: true, handle: saveAddress },
  { method: 'get', path: '/cart', handle: cartPage },
  { method: 'post', path: '/cart', handle: changeCart },
  { method: 'get', path: '/checkout', account: true, handle: checkoutPage },
  { method: 'post', path: '/checkout', account: true, handle: placeTheOrder },
  { method: 'get', path: '/orders', account: true, handle: ordersPage },
  { method: 'get', path: '/orders/:id', account: true, handle: orderPage },
  { method: 'get', path: '/orders/:id/receipt', account: true, handle: receiptPage },
  { method: 'get', path: '/orders/:id/pay', account: true, handle: payPage },
  { method: 'post', path: '/orders/:id/pay', account: true, handle: pay },
  { method: 'post', path: '/orders/:id/cancel', account: true, handle: cancel },
  { method: 'get', path: '/sell', account: true, handle: sellPage },
  { method: 'post', path: '/sell', account: true, handle: sell },
  { method: 'get', path: '/my-sales', account: true, handle: mySales },
  { method: 'post', path: '/my-sales/:id', account: true, handle: markShipped },
  { method: 'get', path: '/my-books', account: true, handle: myBooks },
  { method: 'get', path: '/my-books/:id', account: true, handle: editPage },
  { method: 'post', path: '/my-books/:id', account: true, handle: changeBook },
]
