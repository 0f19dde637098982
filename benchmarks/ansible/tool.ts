import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { cached } from '../../tests/lab/box/cache.ts'

/** What bookstore is compared with, and what its modules need on the operator's side: for name servers, and for AWS. */
export const packages = [
  'ansible==12.3.0',
  'ansible-core==2.19.14',
  'dnspython==2.9.2',
  'boto3==1.44.8',
  'botocore==1.44.8',
]

/** Ansible with the collections that come with it, from PyPI, kept beside the lab's images. @returns Its Python. */
export async function ansible(): Promise<string> {
  const key = createHash('sha256').update(packages.join()).digest('hex').slice(0, 12)
  const folder = await cached(`ansible-${key}`, async ({ folder, run }) => {
    const place = join(folder, 'ansible')
    await run(['python3', '-m', 'venv', place])
    await run([join(place, 'bin/python'), '-m', 'pip', 'install', '--quiet', ...packages])
    return place
  })
  return join(folder, 'bin/python')
}
