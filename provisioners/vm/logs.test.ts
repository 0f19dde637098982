import { describe, expect, it } from 'vitest'
import { journalLine, sourcesOf } from './logs.ts'

describe('an entry of the journal', () => {
  it('is a line of its process, with the fields of the service', () => {
    const message = JSON.stringify({ level: 30, time: 1_790_000_000_123, process: 'catalog-1', msg: 'ready', port: 1 })
    const entry = { MESSAGE: message, _SYSTEMD_UNIT: 'bookstore-catalog@blue-1.service', __REALTIME_TIMESTAMP: '1' }
    expect(journalLine(JSON.stringify(entry))).toMatchObject({
      time: 1_790_000_000_123,
      process: 'catalog-1',
      level: 'info',
      message: 'ready',
      fields: { port: 1 },
    })
  })

  it('has the time of the journal where it says none', () => {
    const entry = { MESSAGE: 'started', UNIT: 'bookstore-nginx.service', __REALTIME_TIMESTAMP: '1790000000123456' }
    expect(journalLine(JSON.stringify(entry))).toMatchObject({
      time: 1_790_000_000_123.456,
      process: 'nginx',
      message: 'started',
    })
  })

  it('of a container is of its process', () => {
    const entry = { MESSAGE: 'x', CONTAINER_TAG: 'bookstore-web-1', _SYSTEMD_UNIT: 'docker.service' }
    expect(journalLine(JSON.stringify({ ...entry, __REALTIME_TIMESTAMP: '1' }))?.process).toBe('web-1')
  })

  it('of the databases is of postgres; what is no entry is left out', () => {
    const entry = { MESSAGE: 'x', _SYSTEMD_UNIT: 'postgresql@15-bookstore.service', __REALTIME_TIMESTAMP: '1' }
    expect(journalLine(JSON.stringify(entry))?.process).toBe('postgres')
    expect(journalLine('-- No entries --')).toBeUndefined()
  })
})

describe('where lines are', () => {
  it.each([
    ['catalog', ['bookstore-catalog@*.service'], false],
    ['catalog-2', ['bookstore-catalog@*-2.service'], false],
    ['nginx', ['bookstore-nginx.service'], false],
    ['requests', [], true],
  ])('%s', (name, units, requests) => {
    expect(sourcesOf(name)).toMatchObject({ units, requests })
  })

  it('is the same process, where it is a container', () => {
    expect(sourcesOf('catalog-2').containers).toEqual(['bookstore-catalog-2'])
    expect(sourcesOf('catalog').containers).toContain('bookstore-catalog-8')
    expect(sourcesOf('nginx').containers).toEqual([])
  })

  it('is said for names that there are', () => {
    expect(() => sourcesOf('nope')).toThrow(expect.objectContaining({ code: 'unknown-process', status: 64 }))
    expect(sourcesOf(undefined)).toMatchObject({ requests: true })
  })
})
