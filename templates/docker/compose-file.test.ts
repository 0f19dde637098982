import { describe, expect, it } from 'vitest'
import { memoryMb } from '../systemd/service-unit.ts'
import { type ContainerSpec, commandOf, composeFile } from './compose-file.ts'
import { dockerfile } from './image.ts'

const container: ContainerSpec = {
  process: 'catalog-1',
  name: 'bookstore-blue-catalog-1',
  service: 'catalog',
  image: 'bookstore-shop:one',
  user: '998:997',
  environment: { BOOKSTORE_SHOP: '{"name":"Libros $5"}' },
  awake: '/etc/bookstore/active/workers/blue-1',
  readable: ['/etc/bookstore'],
  writable: ['/run/bookstore/blue'],
  credentials: '/var/lib/bookstore/containers/blue/catalog',
  heapMb: 96,
  network: 'none',
  before: [],
  labels: { 'bookstore.slot': 'blue' },
}

/** As Compose reads it: two dollars are one. */
const read = (text: string) => JSON.parse(text.replaceAll('$$', '$')).services['catalog-1']

describe('the file of a slot', () => {
  it('closes a container', () => {
    expect(read(composeFile([container]))).toMatchObject({
      user: '998:997',
      network_mode: 'none',
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      mem_limit: `${memoryMb(96).most}m`,
      restart: 'unless-stopped',
    })
    expect(composeFile([container])).not.toContain('ports')
  })

  it('keeps dollars from being taken for variables', () => {
    expect(composeFile([container])).toContain('Libros $$5')
    expect(read(composeFile([container])).environment.BOOKSTORE_SHOP).toBe('{"name":"Libros $5"}')
  })

  it('lets write where sockets are, and nowhere else', () => {
    const writable = read(composeFile([container])).volumes.filter((each: { read_only: boolean }) => !each.read_only)
    expect(writable).toEqual([
      expect.objectContaining({ source: '/run/bookstore/blue', target: '/run/bookstore/blue' }),
    ])
  })

  it('starts the process, or a command of it, after the file that wakes workers', () => {
    const [awake, node, ...words] = commandOf(container, 'migrate')
    expect([awake, node]).toEqual([container.awake, '/opt/bookstore/release/bin/node'])
    expect(words.slice(-2)).toEqual(['/opt/bookstore/release/services/catalog.mjs', 'migrate'])
  })
})

it('an image is the release on a base', () => {
  const lines = dockerfile('debian:12-slim', 'abc').split('\n')
  expect(lines).toContain('FROM debian:12-slim')
  expect(lines).toContain('COPY . /opt/bookstore/release')
})
