import { randomUUID } from 'node:crypto'
import type { ApiCall } from './read-call.ts'
import type { WireAnswer } from './wire.ts'

/** An error as the service's own protocol has it, so that the SDK's client knows its code. */
export function errorAnswer(call: Pick<ApiCall, 'service'>, code: string, message: string, status = 400): WireAnswer {
  const id = randomUUID()
  const answer = (type: string, text: string): WireAnswer => ({
    ...{ status, body: Buffer.from(text) },
    headers: { 'content-type': type, 'x-amzn-requestid': id },
  })
  const [at, why] = [asXml(code), asXml(message)]
  switch (call.service) {
    // https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-error-response-format.html
    case 'ec2': {
      const errors = `<Errors><Error><Code>${at}</Code><Message>${why}</Message></Error></Errors>`
      return answer('text/xml', `<Response>${errors}<RequestID>${id}</RequestID></Response>`)
    }
    case 's3':
      return answer('application/xml', `<Error><Code>${at}</Code><Message>${why}</Message></Error>`)
    case 'ssm':
    case 'cloudwatch':
    case 'servicequotas':
    case 'tagging':
      return answer('application/x-amz-json-1.1', JSON.stringify({ __type: code, message }))
    default: {
      const error = `<Error><Type>${status < 500 ? 'Sender' : 'Receiver'}</Type><Code>${at}</Code><Message>${why}</Message></Error>`
      return answer('text/xml', `<ErrorResponse>${error}<RequestId>${id}</RequestId></ErrorResponse>`)
    }
  }
}

/** What the services call too many calls, each in its page of common errors. */
export function throttled(call: Pick<ApiCall, 'service'>): WireAnswer {
  if (call.service === 'ec2') return errorAnswer(call, 'RequestLimitExceeded', 'Request limit exceeded.', 503)
  if (call.service === 's3') return errorAnswer(call, 'SlowDown', 'Please reduce your request rate.', 503)
  if (call.service === 'ssm') return errorAnswer(call, 'ThrottlingException', 'Rate exceeded')
  return errorAnswer(call, 'Throttling', 'Rate exceeded')
}

/** The code in an answer that is an error. */
export function codeOf({ status, body, headers }: WireAnswer): string | undefined {
  if (status < 400) return undefined
  const text = body.toString('utf8')
  const code = /<Code>([^<]*)<\/Code>/.exec(text)?.[1] ?? /"__type"\s*:\s*"([^"]*)"/.exec(text)?.[1]
  return code?.slice(code.lastIndexOf('#') + 1) ?? headers['x-amzn-errortype']
}

function asXml(text: string): string {
  return text.replace(/[<>&]/g, (it) => `&#${it.charCodeAt(0)};`)
}
