/** Lines indented by two more blanks; empty lines and absent parts are left out. */
export function indent(...parts: readonly (string | undefined | false)[]): string {
  return lines(...parts)
    .split('\n')
    .map((line) => (line === '' ? line : `  ${line}`))
    .join('\n')
}

/** Parts under each other; absent parts are left out. */
export function lines(...parts: readonly (string | undefined | false)[]): string {
  return parts.filter((part): part is string => typeof part === 'string' && part !== '').join('\n')
}

/** `name {` ... `}` */
export function block(name: string, ...parts: readonly (string | undefined | false)[]): string {
  return `${name} {\n${indent(...parts)}\n}`
}

/**
 * A value in quotes. NGINX has no way to write a literal `$` where variables are allowed, so paths that
 * have one are refused before they come here.
 */
export function quote(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
