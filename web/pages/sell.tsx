import { AccountNav } from '../components/account-nav.tsx'
import { Cover } from '../components/cover.tsx'
import { described, ErrorSummary, Field, SelectField, TextField } from '../components/form.tsx'
import { Warning } from '../components/notice.tsx'
import { PostForm } from '../components/post-form.tsx'
import { useView } from '../components/view.ts'
import type { FormState } from '../forms/state.ts'
import { type Book, conditions } from '../gateway/schemas.ts'
import { languageName } from '../i18n/format.ts'
import { SellGuide } from './sell-guide.tsx'

/** Languages that a seller finds in the list; a book in any other keeps its own. */
export const bookLanguages =
  'es ca gl eu en fr pt it de la grc el nl sv da nb fi is pl cs hu ro ru uk bg sr hr tr ar he fa hi zh ja ko oc ast ga cy'.split(
    ' ',
  )
export const coverLimit = 8 * 1024 * 1024
const coverTypes = 'image/jpeg,image/png,image/webp,image/avif'

function Language({ state }: { state: FormState }) {
  const { t, lang } = useView()
  const chosen = state.values.language ?? ''
  const tags = chosen && !bookLanguages.includes(chosen) ? [...bookLanguages, chosen] : bookLanguages
  const options = tags.map((value) => ({ value, text: languageName(lang, value) }))
  const sorted = options.toSorted((a, b) => a.text.localeCompare(b.text, lang))
  return <SelectField state={state} name="language" label={t.sell.language} options={sorted} />
}

/** `needed`: it is all that its form is about. */
function CoverField({ state, needed = false }: { state: FormState; needed?: boolean }) {
  const { t } = useView()
  return (
    <Field state={state} name="cover" label={t.sell.cover} hint={t.sell.coverHint} optional={!needed}>
      <div class="drop">
        <input
          id="cover"
          type="file"
          name="cover"
          accept={coverTypes}
          required={needed}
          data-limit={coverLimit}
          data-too-heavy={t.errors.image}
          data-chosen={t.sales.chosen('{name}')}
          {...described(state, 'cover', true)}
        />
        <p class="hint drop-hint">{t.sales.drop}</p>
      </div>
    </Field>
  )
}

function BookFields({ state }: { state: FormState }) {
  const { t, currency } = useView()
  return (
    <>
      <TextField state={state} name="title" label={t.sell.bookTitle} maxLength={300} />
      <TextField state={state} name="author" label={t.sell.author} maxLength={300} />
      <Field state={state} name="description" label={t.sell.description} hint={t.sell.descriptionHint} optional>
        <textarea
          id="description"
          name="description"
          maxLength={4000}
          rows={6}
          {...described(state, 'description', true)}
        >
          {state.values.description ?? ''}
        </textarea>
      </Field>
      <div class="field-pair">
        <Language state={state} />
        <TextField
          state={state}
          name="year"
          label={t.sell.year}
          hint={t.sell.yearHint}
          maxLength={5}
          form="[-−]?\d+"
          fault={t.errors.number}
        />
      </div>
      <SelectField
        state={state}
        name="condition"
        label={t.sell.condition}
        options={conditions.map((value) => ({ value, text: t.conditions[value] }))}
      />
      <div class="field-pair">
        <TextField
          state={state}
          name="price"
          label={t.sell.price}
          hint={t.sell.priceHint(currency)}
          inputMode="decimal"
          maxLength={12}
          form="\d{1,9}([.,]\d{1,3})?"
          fault={t.errors.price}
        />
        <TextField
          state={state}
          name="stock"
          label={t.sell.stock}
          inputMode="numeric"
          maxLength={5}
          form="\d+"
          fault={t.errors.number}
        />
      </div>
    </>
  )
}

function Labels() {
  const { t } = useView()
  const { bookTitle, author, description, language, year, condition, price, stock, cover } = t.sell
  return { title: bookTitle, author, description, language, year, condition, price, stock, cover }
}

export function SellPage({ state }: { state: FormState }) {
  const { t } = useView()
  return (
    <>
      <h1>{t.sell.title}</h1>
      <p class="lead">{t.sell.lead}</p>
      <ErrorSummary state={state} labels={Labels()} />
      <div class="edit">
        <PostForm action="/sell" submit={t.sell.submit} upload>
          <BookFields state={state} />
          <CoverField state={state} />
        </PostForm>
        <SellGuide />
      </div>
    </>
  )
}

export interface EditProps {
  book: Book
  /** Entity tag of the book as this page shows it. */
  etag: string
  state: FormState
  warning: string | undefined
}

export function EditPage({ book, etag, state, warning }: EditProps) {
  const { t } = useView()
  const action = `/my-books/${book.id}`
  return (
    <>
      <AccountNav here="/my-books" inside />
      <h1>{t.sell.editTitle}</h1>
      <Warning text={warning} />
      <ErrorSummary state={state} labels={Labels()} />
      <div class="edit">
        <PostForm action={action} submit={t.sell.save} hidden={{ do: 'save', etag }}>
          <BookFields state={state} />
        </PostForm>
        <div class="edit-side">
          <div class="edit-cover">
            <Cover book={book} alt={t.book.coverOf(book.title)} eager />
          </div>
          <PostForm action={action} submit={t.sell.uploadCover} hidden={{ do: 'cover' }} upload quiet>
            <CoverField state={state} needed />
          </PostForm>
          <PostForm class="danger" action={action} submit={t.sell.remove} hidden={{ do: 'remove' }} quiet>
            <p class="hint">{t.sell.removeLead}</p>
          </PostForm>
        </div>
      </div>
    </>
  )
}
