import { useView } from '../components/view.ts'

/** Text of the operator: paragraphs between empty lines, no markup. */
function Paragraphs({ text }: { text: string }) {
  return (
    <>
      {text.split(/\n\s*\n/).map((paragraph) => (
        <p key={paragraph}>{paragraph.trim()}</p>
      ))}
    </>
  )
}

function Contact({ contact }: { contact: string | undefined }) {
  const { t } = useView()
  if (!contact) return <p>{t.about.noContact}</p>
  if (/^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(contact))
    return (
      <p>
        <a href={`mailto:${encodeURIComponent(contact).replace('%40', '@')}`}>{contact}</a>
      </p>
    )
  return <Paragraphs text={contact} />
}

export function AboutPage() {
  const { t, shop, lang } = useView()
  return (
    <div class="prose">
      <h1>{t.about.title}</h1>
      <h2>{t.about.contact}</h2>
      <Contact contact={shop.contact} />
      <h2>{t.about.legal}</h2>
      <Paragraphs text={shop.legal[lang] || t.about.noLegal} />
      <h2>{t.about.privacy}</h2>
      <p>{t.about.privacyLead}</p>
    </div>
  )
}
