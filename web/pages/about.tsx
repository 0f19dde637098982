import { Contact } from '../components/contact.tsx'
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

export function AboutPage() {
  const { t, shop, lang } = useView()
  return (
    <div class="prose">
      <h1>{t.about.title}</h1>
      <h2>{t.about.contact}</h2>
      <p>{shop.contact ? <Contact /> : t.about.noContact}</p>
      <h2>{t.about.legal}</h2>
      <Paragraphs text={shop.legal[lang] || t.about.noLegal} />
      <h2>{t.about.privacy}</h2>
      <p>{t.about.privacyLead}</p>
    </div>
  )
}
