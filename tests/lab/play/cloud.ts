import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Authority } from '../acme/authority.ts'
import { badDay } from '../aws/bad-day.ts'
import { region } from '../aws/clients.ts'
import { type Cloud, openCloud } from '../aws/cloud.ts'
import { imageLayers } from '../images.ts'
import { type Lab, startLab } from '../lab.ts'
import type { NameServer } from '../names/name-server.ts'
import { aborted } from './aborted.ts'

export interface CloudPlayOptions {
  domain: string
  /** Throttled, failing, and losing answers now and then. */
  faults: boolean
}

/** Brings up an AWS account with a zone, name servers and an authority, and says how to use them, until `signal` aborts. */
export async function cloudUp(
  { domain, faults }: CloudPlayOptions,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  say('The image of the machine and the emulator take a minute or two the first time.')
  await imageLayers('prepared-cloud', undefined, signal)
  const lab = await startLab({ signal, purpose: 'play', machines: 2 })
  let cloud: Cloud | undefined
  try {
    const names = await lab.nameServer({ zones: [domain] })
    const authority = await lab.acme({ nameServer: names })
    cloud = await openCloud({ lab, names, zones: [domain], packages: 'prepared-cloud', faults: faults ? badDay : [] })
    await write(lab, cloud, names, authority, domain)
    for (const line of manual(lab, cloud, domain)) say(line)
    await aborted(signal)
  } finally {
    say('Removing the account and the lab.')
    await cloud?.close()
    await lab.close()
  }
}

async function write(lab: Lab, cloud: Cloud, names: NameServer, authority: Authority, domain: string): Promise<void> {
  await writeFile(join(lab.folder, 'root.pem'), authority.root)
  const roots = join(lab.folder, 'roots.pem')
  await writeFile(roots, `${(await readFile(authority.apiRoot, 'utf8')).trim()}\n${authority.root.trim()}\n`)
  const configuration = {
    domain,
    aliases: [`www.${domain}`],
    target: 'aws',
    aws: { region },
    certificates: { authority: authority.directoryUrl, ca: roots },
    dns: { provider: 'route53' },
  }
  await writeFile(join(lab.folder, 'bookstore.yaml'), stringify(configuration))
  await writeFile(join(lab.folder, 'inside'), inside(lab, cloud, names), { mode: 0o700 })
}

/** A script that runs a command with the account's credentials and endpoint, and the lab's names and authority. */
function inside(lab: Lab, cloud: Cloud, names: NameServer): string {
  const words = names.resolving(['"$@"']).map((it) => (it === '"$@"' ? it : `'${it}'`))
  const environment = { ...cloud.environment, NODE_EXTRA_CA_CERTS: join(lab.folder, 'root.pem') }
  const exports = Object.entries(environment).map(([name, value]) => `export ${name}='${value}'`)
  return ['#!/bin/sh', 'unset AWS_PROFILE AWS_SESSION_TOKEN', ...exports, `exec ${words.join(' ')}`, ''].join('\n')
}

function manual({ folder }: Lab, { endpoint }: Cloud, domain: string): string[] {
  return [
    '',
    `account      ${endpoint}   all of AWS that a shop needs; its instances are machines of this lab`,
    `zone         ${domain}`,
    '',
    'Open a shop there, for nothing:',
    `  cp ${folder}/bookstore.yaml . && ${folder}/inside bin/bookstore up`,
    `  ${folder}/inside curl --cacert ${folder}/root.pem https://${domain}`,
    `  ${folder}/inside bin/bookstore down`,
    '',
    'Ctrl-C removes all of it.',
  ]
}
