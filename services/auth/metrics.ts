import type { Counter } from 'prom-client'
import type { Metrics } from '../kit/metrics.ts'

export interface AuthMetrics {
  registrations: Counter<string>
  logins: Counter<string>
  refreshes: Counter<string>
  passwordChanges: Counter<string>
}

/** What an operator watches: a flood of `failed` is somebody guessing, one of `reused` is a theft or a broken client. */
export function authMetrics(metrics: Metrics): AuthMetrics {
  return {
    registrations: metrics.counter('auth_registrations_total', 'Registrations: done, taken', ['outcome']),
    logins: metrics.counter('auth_logins_total', 'Log-ins: ok, failed, limited', ['outcome']),
    refreshes: metrics.counter('auth_refreshes_total', 'Refreshes: rotated, repeated, reused, ended, unknown', [
      'outcome',
    ]),
    passwordChanges: metrics.counter('auth_password_changes_total', 'Changes of a password: done, failed, limited', [
      'outcome',
    ]),
  }
}
