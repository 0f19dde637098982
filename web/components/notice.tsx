import type { ComponentChildren } from 'preact'
import { CheckIcon } from './icons.tsx'

/** Something went well. It takes the place of nothing and is read out. */
export function Notice({ text, children }: { text: string | undefined; children?: ComponentChildren }) {
  if (text === undefined) return null
  return (
    <div class="notice" role="status">
      <CheckIcon />
      <p>
        {text} {children}
      </p>
    </div>
  )
}

/** Something needs the reader before it can go on. */
export function Warning({ text, children }: { text: string | undefined; children?: ComponentChildren }) {
  if (text === undefined) return null
  return (
    <div class="warning" role="alert">
      <p>
        {text} {children}
      </p>
    </div>
  )
}
