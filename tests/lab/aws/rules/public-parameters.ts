import { publicImages } from '../core/images.ts'
import { errorAnswer } from '../front/errors.ts'
import type { WireAnswer } from '../front/wire.ts'
import { type Rule, text, texts } from './rule.ts'

const values = new Map(publicImages.map(({ parameter, id }) => [parameter, id]))

/** Canonical and Debian publish the ids of their images as parameters that everybody can read. */
export const publicParameters: Rule = {
  page: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html',
  before(call) {
    if (call.service !== 'ssm') return undefined
    const names = call.action === 'GetParameters' ? texts(call, 'Names') : [text(call, 'Name')]
    if (!/^GetParameters?$/.test(call.action) || !names.every((it) => it.startsWith('/aws/service/'))) return undefined
    const known = names.filter((it) => values.has(it)).map((it) => parameter(call.region, it))
    if (call.action === 'GetParameters')
      return answer({ Parameters: known, InvalidParameters: names.filter((it) => !values.has(it)) })
    return known[0] ? answer({ Parameter: known[0] }) : errorAnswer(call, 'ParameterNotFound', `${names[0]} not found`)
  },
}

function parameter(region: string, name: string) {
  const arn = `arn:aws:ssm:${region}::parameter${name}`
  return { Name: name, Type: 'String', Value: values.get(name), Version: 1, ARN: arn, DataType: 'aws:ec2:image' }
}

function answer(body: unknown): WireAnswer {
  return {
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: Buffer.from(JSON.stringify(body)),
  }
}
