const unsafe = ["'unsafe-inline'", "'unsafe-eval'", '*', 'http:', 'https:', 'data:']

/** What a Content-Security-Policy lets through that it should not, one clause each. https://www.w3.org/TR/CSP3/ */
export function policyFaults(policy: string): string[] {
  if (policy === '') return ['Content-Security-Policy is missing']
  const directives = parsePolicy(policy)
  const fallback = directives.get('default-src')
  const faults = fallback ? [] : ['Content-Security-Policy has no default-src']
  for (const name of ['script-src', 'style-src']) {
    const loose = unsafe.filter((word) => (directives.get(name) ?? fallback ?? []).includes(word))
    if (loose.length > 0) faults.push(`Content-Security-Policy allows ${loose.join(' ')} in ${name}`)
  }
  // Neither of them falls back to default-src.
  if (!directives.has('frame-ancestors')) faults.push('Content-Security-Policy does not say who may frame the page')
  return faults
}

/** The first of two directives with one name counts. Several policies are joined by commas; the first is judged. */
function parsePolicy(policy: string): Map<string, string[]> {
  const directives = new Map<string, string[]>()
  for (const directive of policy.split(',', 1)[0]?.split(';') ?? []) {
    const [name, ...words] = directive.trim().toLowerCase().split(/\s+/)
    if (name && !directives.has(name)) directives.set(name, words)
  }
  return directives
}
