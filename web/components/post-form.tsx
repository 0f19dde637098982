import type { ComponentChildren } from 'preact'
import { useView } from './view.ts'

type Hidden = Readonly<Record<string, string>>

function HiddenFields({ fields }: { fields: Hidden }) {
  return (
    <>
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
    </>
  )
}

export interface PostFormProps {
  action: string
  /** On its button. */
  submit: string
  hidden?: Hidden
  /** Holds a file. */
  upload?: boolean
  /** Its button is not the page's main one. */
  quiet?: boolean
  class?: string
  /** Beside its button. */
  beside?: ComponentChildren
  children?: ComponentChildren
}

/** What a script says of a field before its form is sent. */
export function useFormTexts() {
  const { empty, choose } = useView().t.errors
  return { 'data-empty': empty, 'data-choose': choose }
}

/** Fields below each other and what sends them. */
export function PostForm({
  action,
  submit,
  hidden = {},
  upload = false,
  quiet,
  beside,
  children,
  ...form
}: PostFormProps) {
  const { to } = useView()
  const texts = useFormTexts()
  return (
    <form
      {...texts}
      class={form.class ?? 'form'}
      method="post"
      action={to(action)}
      encType={upload ? 'multipart/form-data' : undefined}
    >
      <HiddenFields fields={hidden} />
      {children}
      <div class="actions">
        <button class={quiet ? 'button quiet' : 'button'} type="submit">
          {submit}
        </button>
        {beside}
      </div>
    </form>
  )
}

export interface PostLinkProps {
  action: string
  hidden?: Hidden
  text: string
  /** For those who hear it without what stands around it. */
  label?: string
  class?: string
}

/** One word that changes something: a form that looks like a link. */
export function PostLink({ action, hidden = {}, text, label, ...form }: PostLinkProps) {
  const { to } = useView()
  return (
    <form class={form.class} method="post" action={to(action)}>
      <HiddenFields fields={hidden} />
      <button class="link" type="submit" aria-label={label}>
        {text}
      </button>
    </form>
  )
}
