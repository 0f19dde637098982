import {
  defaultCurrency,
  defaultDomain,
  defaultHttpPort,
  defaultHttpsPort,
  defaultName,
  defaultShop,
} from './defaults.ts'
import { isLocalName } from './domain.ts'

/** The text of a first bookstore.yaml: short, and telling what else there is. */
export function starter(domain: string, shopName: string): string {
  const { accent, languages, catalogue } = defaultShop
  return `# The configuration of a book shop. Every field is described in docs/reference/configuration.md;
# what is left out has a default. \`bookstore plan\` says what would change.

domain: ${quote(domain)}
# aliases: [${quote(`www.${domain}`)}]

# Two stacks with different names and ports live side by side.
name: ${stackName(domain)}

shop:
  name: ${quote(shopName)}
  # tagline:
  #   es: ${quote(defaultShop.tagline.es)}
  #   en: ${quote(defaultShop.tagline.en)}
  accent: ${quote(accent)}
  languages: [${languages.join(', ')}]
  # contact: ${quote(`hola@${domain}`)}
  # What the shelves hold at the first start: classics or empty.
  catalogue: ${catalogue}

currency: ${defaultCurrency}

# Moves no real money, and every page says so.
payments: simulator

local:
  httpsPort: ${defaultHttpsPort}
  httpPort: ${defaultHttpPort}
  # auto takes an installed server and falls back to the one from npm; or: system, embedded.
  postgres: auto
  nginx: auto

# Variations, chosen with --env:
# environments:
#   rehearsal:
#     local:
#       httpsPort: 9443
#       httpPort: 9080
`
}

/** Double quotes of JSON are double quotes of YAML. */
function quote(text: string): string {
  return JSON.stringify(text)
}

/** 'proyecto2.online' becomes 'proyecto2-online'; the default domain keeps the default name. */
function stackName(domain: string): string {
  if (domain === defaultDomain) return defaultName
  const base = (isLocalName(domain) ? domain.replace(/\.?localhost$/, '') : domain)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^[^a-z]+|-+$/g, '')
  return base || defaultName
}
