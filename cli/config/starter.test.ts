import { expect, test } from 'vitest'
import { defaultDomain, defaultShop } from './defaults.ts'
import { parseConfig } from './document.ts'
import { starter } from './starter.ts'
import { validate } from './validate.ts'

const settingsOf = (text: string) => validate(parseConfig(text, 'bookstore.yaml'))

test('of the defaults says nothing but the defaults', () => {
  expect(settingsOf(starter(defaultDomain, defaultShop.name))).toEqual(settingsOf(''))
})

test.each([
  ['proyecto2.online', 'proyecto2-online'],
  ['mi.localhost', 'mi'],
  ['localhost', 'bookstore'],
  ['9.example', 'example'],
  ['librería.es', 'librer-a-es'],
])('names the stack of %s %s', (domain, name) => {
  expect(settingsOf(starter(domain, 'Una librería'))).toMatchObject({ domain, name, shop: { name: 'Una librería' } })
})

test.each(['La "mía"', "L'Écume: des jours #1", '- x', '{a}', '書店'])('quotes %s', (name) => {
  expect(settingsOf(starter(defaultDomain, name)).shop.name).toBe(name)
})

test('what it has commented out is right as well', () => {
  const text = starter('proyecto2.online', 'Una').replaceAll(/^(\s*)# (?=\s*\S+:( |$))/gm, '$1')
  expect(settingsOf(text)).toMatchObject({
    aliases: ['www.proyecto2.online'],
    shop: { contact: 'hola@proyecto2.online' },
  })
})
