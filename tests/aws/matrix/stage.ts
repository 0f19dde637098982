import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Clients, clientsFor, closeClients } from '../../lab/aws/clients.ts'
import { type Cloud, openCloud } from '../../lab/aws/cloud.ts'
import { Run } from './process.ts'

export const domain = 'proyecto2.test'

/** An account without machines, in which one shop after the other is made and taken down. */
export class Stage {
  readonly cloud: Cloud
  readonly clients: Clients

  private constructor(cloud: Cloud) {
    this.cloud = cloud
    this.clients = clientsFor(cloud.endpoint)
  }

  static async open(): Promise<Stage> {
    return new Stage(await openCloud({ timing: { visibleAfter: 150, transition: 100, linger: 150 } }))
  }

  async close(): Promise<void> {
    closeClients(this.clients)
    await this.cloud.close()
  }
}

export interface ShopSettings {
  name: string
  vpc: 'default' | 'dedicated'
}

/** A folder with a configuration, as an operator has it; another one for the same shop is another computer's. */
export class Desk {
  readonly folder: string
  readonly environment: Record<string, string>

  private constructor(folder: string, environment: Record<string, string>) {
    this.folder = folder
    this.environment = environment
  }

  static async open({ cloud }: Stage, { name, vpc }: ShopSettings): Promise<Desk> {
    const folder = await mkdtemp(join(tmpdir(), 'bookstore-desk-'))
    const configuration = {
      name,
      domain,
      target: 'aws',
      aws: { region: cloud.environment.AWS_REGION, vpc, operators: ['203.0.113.0/24'] },
      alerts: `ana@${domain}`,
      // Of nobody. By hand, since with a provider `up` would order a certificate, and here is neither an authority nor a name server.
      certificates: { authority: 'https://127.0.0.1:9/directory' },
      dns: { provider: 'manual' },
    }
    // JSON is YAML.
    await writeFile(join(folder, 'bookstore.yaml'), JSON.stringify(configuration))
    return new Desk(folder, {
      ...(process.env.PATH === undefined ? {} : { PATH: process.env.PATH }),
      HOME: folder,
      ...cloud.environment,
      // No machine ever answers here: up has done its part at AWS when it stands before a closed door.
      BOOKSTORE_AWS_BOOT_MS: '0',
      BOOKSTORE_AWS_CONSISTENCY_MS: '400',
    })
  }

  start(verb: Verb, by: readonly string[] = []): Run {
    return new Run(words[verb], this.folder, this.environment, by)
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true })
  }
}

export type Verb = 'up' | 'deploy' | 'down'

const words: Record<Verb, readonly string[]> = {
  up: ['up', '--yes'],
  deploy: ['deploy'],
  down: ['down', '--purge', '--yes'],
}
