import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
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
  /** A bookstore.yaml whose shop it is to be, in the lab's region and by the lab's authority. */
  from?: string
}

type Say = (line: string) => void

/** What stands while somebody plays. */
export interface CloudPlay {
  lab: Lab
  cloud: Cloud
  /** A script that runs a command with the account's credentials, and the lab's names and authority. */
  inside: string
}

/** Brings up an AWS account with a zone, name servers and an authority, says how to use them, and stays until `signal` aborts. */
export async function cloudUp(options: CloudPlayOptions, say: Say, signal: AbortSignal): Promise<void> {
  await withCloud(options, say, signal, async ({ lab, cloud }) => {
    for (const line of manual(lab, cloud, options.domain)) say(line)
    await aborted(signal)
  })
}

/** `work` while they stand; `bookstore.yaml` is in the folder of the lab. */
export async function withCloud<T>(
  { domain, faults, from }: CloudPlayOptions,
  say: Say,
  signal: AbortSignal,
  work: (play: CloudPlay) => Promise<T>,
): Promise<T> {
  say('The image of the machine and the emulator take a minute or two the first time.')
  await imageLayers('prepared-cloud', undefined, signal)
  const lab = await startLab({ signal, purpose: 'play', machines: 2 })
  let cloud: Cloud | undefined
  try {
    const names = await lab.nameServer({ zones: [domain] })
    const authority = await lab.acme({ nameServer: names })
    cloud = await openCloud({ lab, names, zones: [domain], packages: 'prepared-cloud', faults: faults ? badDay : [] })
    const own = from === undefined ? {} : (parse(await readFile(from, 'utf8')) as Record<string, unknown>)
    await write(lab, cloud, names, authority, domain, own)
    return await work({ lab, cloud, inside: join(lab.folder, 'inside') })
  } finally {
    say('Removing the account and the lab.')
    await cloud?.close()
    await lab.close()
  }
}

async function write(
  lab: Lab,
  cloud: Cloud,
  names: NameServer,
  authority: Authority,
  domain: string,
  own: Record<string, unknown>,
): Promise<void> {
  await writeFile(join(lab.folder, 'root.pem'), authority.root)
  const roots = join(lab.folder, 'roots.pem')
  await writeFile(roots, `${(await readFile(authority.apiRoot, 'utf8')).trim()}\n${authority.root.trim()}\n`)
  const { vm: _, environments: __, ...kept } = own
  const configuration = {
    ...kept,
    domain,
    aliases: own.aliases ?? [`www.${domain}`],
    target: 'aws',
    aws: { ...(own.aws as object | undefined), region },
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
