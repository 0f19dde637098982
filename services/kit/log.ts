import pino, { type Logger } from 'pino'

export type Log = Logger

/** JSON lines on stdout. What may hold a secret is never passed in; the redaction below is the second net. */
export function createLog(processName: string, level: string): Log {
  return pino({
    level,
    base: { process: processName },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: [
        'password',
        '*.password',
        'token',
        '*.token',
        'accessToken',
        '*.accessToken',
        'refreshToken',
        '*.refreshToken',
        'headers.authorization',
        'headers.cookie',
      ],
      censor: '••••••',
    },
  })
}
