import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Authority } from '../acme/authority.ts'
import { type Flavor, imageLayers } from '../images.ts'
import { type Lab, startLab } from '../lab.ts'
import type { Machine } from '../machine/machine.ts'
import type { NameServer } from '../names/name-server.ts'
import { aborted } from './aborted.ts'
import { configurationFor } from './configuration.ts'

export interface PlayOptions {
  domain: string
  packages: Flavor
  memoryMb: number
}

/** Brings up a machine, a name server and an authority, and says how to use them; they stay until `signal` aborts. */
export async function up(options: PlayOptions, say: (line: string) => void, signal: AbortSignal): Promise<void> {
  say('The image of the machine takes a minute or two the first time.')
  await imageLayers(options.packages, undefined, signal)
  const lab = await startLab({ signal, purpose: 'play' })
  try {
    const names = await lab.nameServer({ zones: [options.domain] })
    const authority = await lab.acme({ nameServer: names })
    const { packages, memoryMb } = options
    const machine = await lab.machine({ name: 'shop', user: 'admin', packages, memoryMb })
    for (const name of [options.domain, `www.${options.domain}`]) await names.record(name, 'A', machine.address)
    await writeFile(join(lab.folder, 'root.pem'), authority.root)
    const roots = join(lab.folder, 'roots.pem')
    await writeFile(roots, `${(await readFile(authority.apiRoot, 'utf8')).trim()}\n${authority.root.trim()}\n`)
    const trusted = { directoryUrl: authority.directoryUrl, roots }
    const configuration = configurationFor({ ...options, machine, names, authority: trusted })
    await writeFile(join(lab.folder, 'bookstore.yaml'), configuration)
    await writeFile(join(lab.folder, 'known_hosts'), knownHosts(machine))
    await writeFile(join(lab.folder, 'inside'), wrapper(lab, names), { mode: 0o700 })
    for (const line of manual({ ...options, lab, machine, names, authority })) say(line)
    await aborted(signal)
  } finally {
    say('Removing the lab.')
    await lab.close()
  }
}

function knownHosts({ address, hostKeys }: Machine): string {
  return hostKeys.map(({ publicKey }) => `${address} ${publicKey}\n`).join('')
}

/** A script that runs a command with the lab's names, key and authority, as on a computer that knows no others. */
function wrapper(lab: Lab, names: NameServer): string {
  const [program, ...args] = names.resolving(['"$@"']).map((it) => (it === '"$@"' ? it : `'${it}'`))
  return [
    '#!/bin/sh',
    `export BOOKSTORE_DNS_TSIG_SECRET="$(cut -d: -f3 '${names.key.file}')"`,
    `export NODE_EXTRA_CA_CERTS='${join(lab.folder, 'root.pem')}'`,
    `exec ${[program, ...args].join(' ')}`,
    '',
  ].join('\n')
}

interface Standing extends PlayOptions {
  lab: Lab
  machine: Machine
  names: NameServer
  authority: Authority
}

function manual({ domain, lab, machine, names, authority }: Standing): string[] {
  const { username, privateKeyPath } = machine.ssh
  const known = join(lab.folder, 'known_hosts')
  return [
    '',
    `machine      ${machine.address}   ${machine.hostKeys.map(({ fingerprint }) => fingerprint).join(' ')}`,
    `names        ${names.servers.join(' ')}   key ${names.key.file}`,
    `authority    ${authority.directoryUrl}   its own certificate is signed by ${authority.apiRoot}`,
    '',
    'Log in:',
    `  ssh -i ${privateKeyPath} -o UserKnownHostsFile=${known} ${username}@${machine.address}`,
    'Ask a name server:',
    `  kdig @${names.address} ${domain} any`,
    'Open a shop there, with the names of the lab and its certificates trusted:',
    `  cp ${lab.folder}/bookstore.yaml . && ${lab.folder}/inside bin/bookstore up`,
    `  ${lab.folder}/inside curl --cacert ${lab.folder}/root.pem https://${domain}`,
    '',
    'Ctrl-C removes all of it.',
  ]
}
