import { useView } from './view.ts'

const email = /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/

/** How to reach the shop, as its operator put it: an e-mail address is a link. */
export function Contact() {
  const { contact = '' } = useView().shop
  if (!email.test(contact)) return <>{contact}</>
  return <a href={`mailto:${encodeURIComponent(contact).replace('%40', '@')}`}>{contact}</a>
}
