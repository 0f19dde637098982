import type { Context } from '../engine/resource.ts'
import { Secret } from '../engine/secret.ts'
import { AwsError, isAws } from './errors.ts'
import { type AwsStack, tagsOf } from './stack.ts'

export interface Parameter {
  /** Below the stack's path: 'ssh-key', 'lease/3'. */
  readonly name: string
  readonly value: Secret
  readonly version: number
}

/**
 * What has to be kept with the stack, encrypted with the account's key for parameters: /bookstore/NAME/...
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html
 */
export class Parameters {
  static readonly calls = {
    read: ['ssm:GetParametersByPath'],
    write: ['ssm:PutParameter'],
    remove: ['ssm:DeleteParameters'],
  } as const
  readonly #stack: AwsStack
  readonly #path: string
  #known: Promise<readonly Parameter[]> | undefined

  constructor(stack: AwsStack) {
    this.#stack = stack
    this.#path = `/bookstore/${stack.name}/`
  }

  /** All of them, as they were when last asked or written by us. One call for ten. */
  all(ctx: Context): Promise<readonly Parameter[]> {
    const known = this.#known
    if (known) return known
    const asked = this.fresh(ctx)
    this.#known = asked
    asked.catch(() => {
      this.#known = undefined
    })
    return asked
  }

  /** All of them, as they are now. */
  async fresh(ctx: Context): Promise<readonly Parameter[]> {
    const found: Parameter[] = []
    let NextToken: string | undefined
    do {
      const page = await this.#stack.aws.call(
        'ssm:GetParametersByPath',
        { Path: this.#path, Recursive: true, WithDecryption: true, MaxResults: 10, NextToken },
        ctx,
      )
      for (const { Name = '', Value = '', Version = 0 } of page.Parameters ?? []) {
        found.push({ name: Name.slice(this.#path.length), value: new Secret(Value), version: Version })
      }
      NextToken = page.NextToken
    } while (NextToken)
    return found
  }

  async get(name: string, ctx: Context): Promise<Parameter | undefined> {
    return (await this.all(ctx)).find((each) => each.name === name)
  }

  /**
   * Makes a parameter, with its tags; only one of many at the same time succeeds. A lost answer is looked into.
   * @returns False when there is one of that name already.
   */
  async create(name: string, value: Secret, ctx: Context): Promise<boolean> {
    try {
      await this.#put(name, value, false, ctx)
      return true
    } catch (error) {
      if (error instanceof AwsError && error.unsettled) return this.#holds(name, value, error, ctx)
      if (isAws(error, 'ParameterAlreadyExists')) return false
      throw error
    }
  }

  /** @returns The version that this made; undefined when the answer was lost and the value is there. */
  async overwrite(name: string, value: Secret, ctx: Context): Promise<number | undefined> {
    try {
      return (await this.#put(name, value, true, ctx)).Version
    } catch (error) {
      if (error instanceof AwsError && error.unsettled && (await this.#holds(name, value, error, ctx))) return undefined
      throw error
    }
  }

  async remove(names: readonly string[], ctx: Context): Promise<void> {
    for (let at = 0; at < names.length; at += 10) {
      const Names = names.slice(at, at + 10).map((name) => this.#path + name)
      await this.#changing(this.#stack.aws.call('ssm:DeleteParameters', { Names }, ctx))
    }
  }

  /** What was read before a change, or while it was made, is not known any more. */
  async #changing<T>(change: Promise<T>): Promise<T> {
    this.#known = undefined
    return change.finally(() => {
      this.#known = undefined
    })
  }

  async #holds(name: string, value: Secret, lost: AwsError, ctx: Context): Promise<boolean> {
    const found = (await this.fresh(ctx)).find((each) => each.name === name)
    this.#stack.aws.settle(lost)
    return found?.value.reveal() === value.reveal()
  }

  /** Tags are taken only where a parameter is made: API_PutParameter, "Tags". */
  #put(name: string, value: Secret, Overwrite: boolean, ctx: Context) {
    const Tags = Overwrite ? undefined : tagsOf(this.#stack, `aws.parameter/${name}`)
    const input = { Name: this.#path + name, Value: value.reveal(), Type: 'SecureString', Overwrite, Tags } as const
    return this.#changing(this.#stack.aws.call('ssm:PutParameter', input, ctx))
  }
}
