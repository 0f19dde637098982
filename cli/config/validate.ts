import * as z from 'zod'
import { BookstoreError, exit } from '../../provisioners/engine/errors.ts'
import type { Role } from '../../provisioners/site.ts'
import { nearest } from '../frame/nearest.ts'
import { architectureOf } from './aws.ts'
import type { ConfigDocument } from './document.ts'
import { asciiDomain, isLocalName } from './domain.ts'
import { explain, show } from './issues.ts'
import { merge } from './merge.ts'
import { configurationError, type Problem } from './problem.ts'
import { configuration, type Settings, settings } from './schema.ts'

type Path = readonly PropertyKey[]

/**
 * The settings of a configuration, with those of an environment on top.
 *
 * @throws BookstoreError with status 78 that names every mistake, or says that there is no such environment.
 */
export function validate(document: ConfigDocument, environment?: string, target?: string): Settings {
  const parsed = configuration.safeParse(document.value)
  if (!parsed.success) throw configurationError(parsed.error.issues.flatMap((issue) => problemsOf(issue, document)))
  const raw = document.value as Record<string, unknown> & { environments?: Record<string, Record<string, unknown>> }
  const { environments = {}, ...base } = raw
  const over = environment === undefined ? {} : overlay(environments, environment, document.file)
  const chosen = settings.parse(merge(base, target === undefined ? over : { ...over, target }))
  checkPorts(chosen, document, environment)
  checkPublic(chosen, document)
  return chosen
}

function overlay(environments: Record<string, Record<string, unknown>>, name: string, file: string) {
  const found = Object.hasOwn(environments, name) ? environments[name] : undefined
  if (found) return found
  const near = nearest(name, Object.keys(environments))
  throw new BookstoreError(`${file} has no environment '${name}'.`, {
    code: 'unknown-environment',
    fault: 'user',
    status: exit.configuration,
    hint: near ? `Did you mean ${near}?` : `Add environments.${name} to ${file}, or leave --env out.`,
  })
}

/** A rule over two fields, asked once the environment is known. */
function checkPorts({ local }: Settings, document: ConfigDocument, environment: string | undefined): void {
  if (local.httpsPort !== local.httpPort) return
  const within = environment === undefined ? [] : ['environments', environment]
  const own = valueAt(document.value, [...within, 'local', 'httpPort']) !== undefined
  const path = own ? [...within, 'local', 'httpPort'] : ['local', 'httpPort']
  throw configurationError([
    {
      file: document.file,
      ...document.locate(path, false),
      path: path.join('.'),
      found: show(local.httpPort),
      expected: 'another port than local.httpsPort',
    },
  ])
}

/** A machine needs an address, and a name that the world can look up. */
function checkPublic({ target, vm, aws, domain, aliases }: Settings, document: ConfigDocument): void {
  if (target === 'local') return
  const problem = (path: string[], found: unknown, expected: string) =>
    configurationError([
      { file: document.file, ...document.locate(path, false), path: path.join('.'), found: show(found), expected },
    ])
  if (target === 'vm' && !vm) throw problem(['vm'], undefined, 'vm.machines, a list with the host of each machine')
  if (target === 'aws' && !aws) throw problem(['aws'], undefined, 'aws.region, like eu-central-1')
  if (aws?.instanceType !== undefined && architectureOf(aws.instanceType) !== aws.architecture) {
    const fitting = `a type of ${aws.architecture}, or aws.architecture: ${architectureOf(aws.instanceType)}`
    throw problem(['aws', 'instanceType'], aws.instanceType, fitting)
  }
  for (const [path, name] of [['domain', domain] as const, ...aliases.map((alias) => ['aliases', alias] as const)]) {
    if (isLocalName(asciiDomain(name) ?? '')) throw problem([path], name, `a public domain name: target is ${target}`)
  }
  if (target === 'aws' || !vm) return
  const roles = new Set(vm.machines.flatMap((machine) => machine.roles))
  const missing = (['web', 'database'] as const).find((role) => !roles.has(role))
  if (missing) throw problem(['vm', 'machines'], [...roles].join(', '), `a machine with the role ${missing}`)
  const lot = misfit(vm)
  if (lot) throw problem(['vm', 'machines'], lot.found, lot.expected)
}

/** What several machines cannot be together. */
function misfit({ machines, runtime }: NonNullable<Settings['vm']>): { found: string; expected: string } | undefined {
  const hosts = machines.map(({ host }) => host)
  const twice = hosts.find((host, at) => hosts.indexOf(host) !== at)
  if (twice !== undefined) return { found: `${twice} twice`, expected: 'each machine once, with all of its roles' }
  const having = (role: Role) => machines.filter(({ roles }) => roles.includes(role))
  const copied = (['database', 'files'] as const).find((role) => having(role).length > 1)
  if (copied) {
    return {
      found: `${having(copied).length} machines with the role ${copied}`,
      expected: 'one: that role has no copies',
    }
  }
  const [webs, [keeper]] = [having('web'), having('files')]
  if (webs.length > 1 && !keeper) {
    const expected = 'one of the machines with the role files: it keeps the uploaded covers for all of them'
    return { found: `${webs.length} machines with the role web`, expected }
  }
  const mounting = webs.filter((machine) => keeper && machine !== keeper)
  if (mounting.length > 0 && runtime === 'docker') {
    // It starts them at boot by itself, be the covers there or not.
    return { found: 'vm.runtime: docker', expected: 'systemd, for web machines that have the covers of another one' }
  }
  // Each would wait for the other.
  const both = webs.find(({ roles }) => roles.includes('database'))
  if (both && keeper && keeper !== both && keeper.roles.includes('web')) {
    return {
      found: `files on ${keeper.host}`,
      expected: `files on ${both.host}, which has web and database, or on one without web`,
    }
  }
  return undefined
}

function problemsOf(issue: z.core.$ZodIssue, document: ConfigDocument): readonly Problem[] {
  return explain(issue, fieldsAt).map(({ path, key, expected, hint }) => ({
    file: document.file,
    ...document.locate(path, key),
    path: path.join('.'),
    found: key ? `'${String(path.at(-1))}'` : show(valueAt(document.value, path)),
    expected,
    ...(hint ? { hint } : {}),
  }))
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, name) => (at as Record<PropertyKey, unknown> | undefined | null)?.[name], value)
}

/** The names of the fields at a path of the schema. */
function fieldsAt(path: Path): readonly string[] {
  let at: z.core.$ZodType = configuration
  for (const name of path) at = below(unwrapped(at), String(name))
  const object = unwrapped(at)
  return object instanceof z.ZodObject ? Object.keys(object.shape) : []
}

function below(schema: z.core.$ZodType, name: string): z.core.$ZodType {
  if (schema instanceof z.ZodObject) return schema.shape[name]
  if (schema instanceof z.ZodRecord) return schema.valueType
  return schema
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  const inner = (schema as { def?: { innerType?: z.core.$ZodType } }).def?.innerType
  return inner ? unwrapped(inner) : schema
}
