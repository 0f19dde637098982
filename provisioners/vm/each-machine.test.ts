import { expect, it } from 'vitest'
import type { Role } from '../site.ts'
import { inStages } from './each-machine.ts'
import type { ServingMachine } from './machines.ts'

/** Which machines are worked on together, by their hosts. */
function stagesOf(roles: Readonly<Record<string, readonly Role[]>>): readonly string[] {
  const machines = Object.entries(roles).map(([host, roles]) => ({ settings: { host, roles } }) as ServingMachine)
  return inStages(machines).map((stage) => stage.map(({ settings }) => settings.host).join(' '))
}

it('has what web machines need before them, one of them before the others', () => {
  expect(stagesOf({ a: ['web', 'database'] })).toEqual(['a'])
  expect(stagesOf({ a: ['web'], b: ['database'] })).toEqual(['b', 'a'])
  expect(stagesOf({ a: ['web'], b: ['web'], c: ['web'], d: ['database'], e: ['files'] })).toEqual(['d e', 'a', 'b c'])
})

it('begins with the web machine that the others need', () => {
  expect(stagesOf({ a: ['web'], b: ['web', 'files'], c: ['web'], d: ['database'] })).toEqual(['d', 'b', 'a c'])
  expect(stagesOf({ a: ['web'], b: ['web', 'database', 'files'], c: ['web'] })).toEqual(['b', 'a c'])
  expect(stagesOf({ a: ['web'], b: ['web', 'database'], c: ['files'] })).toEqual(['c', 'b', 'a'])
})
