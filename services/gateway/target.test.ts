import { describe, expect, it } from 'vitest'
import { targetOf } from './target.ts'

describe('the target of a request', () => {
  it.each([
    ['/api', 'index'],
    ['/api/', 'index'],
    ['/api?x=1', 'index'],
    ['/api/auth/login', { service: 'auth', path: '/auth/login' }],
    ['/api/catalog/books?q=a%2Fb&q=//..', { service: 'catalog', path: '/catalog/books?q=a%2Fb&q=//..' }],
    ['/api/auth/.well-known/jwks.json', { service: 'auth', path: '/auth/.well-known/jwks.json' }],
    ['/api/auth/', { service: 'auth', path: '/auth/' }],
    ['/api/auth', { service: 'auth', path: '/auth' }],
    ['/api/catalog/books/%E2%82%AC', { service: 'catalog', path: '/catalog/books/%E2%82%AC' }],
    ['/api/catalog/a..b/...', { service: 'catalog', path: '/catalog/a..b/...' }],
  ])('of %s', (url, target) => {
    expect(targetOf(url)).toEqual(target)
  })

  it.each(['/', '/ap', '/apis/auth', '/API/auth', '*', 'http://example.com/api/auth', '//api/auth', '/readyz'])(
    'is nothing of ours: %s',
    (url) => {
      expect(() => targetOf(url)).toThrow(expect.objectContaining({ status: 404 }))
    },
  )

  it.each([
    '/api//auth/login',
    '/api/auth//login',
    '/api/../readyz',
    '/api/auth/..',
    '/api/auth/../catalog/books',
    '/api/auth/./login',
    '/api/auth/%2e%2e/catalog',
    '/api/auth/.%2E/catalog',
    '/api/auth/%2E',
    '/api/auth%2fme',
    '/api/auth%2Fme',
    '/api/auth\\me',
    '/api/auth/%5cme',
    '/api/auth/me%00',
    '/api/auth/me#x',
  ])('is refused where two readers could differ: %s', (url) => {
    expect(() => targetOf(url)).toThrow(expect.objectContaining({ status: 400, code: 'invalid-path' }))
  })
})
