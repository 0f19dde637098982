import { described, ErrorSummary } from '../components/form.tsx'
import { Warning } from '../components/notice.tsx'
import { PostForm } from '../components/post-form.tsx'
import { useView } from '../components/view.ts'
import type { FormState } from '../forms/state.ts'

/** Asks once more, and says what is lost. `openOrders`: it was tried, and something is still under way. */
export function CloseAccountPage({ state, openOrders }: { state: FormState; openOrders: boolean }) {
  const { t, to } = useView()
  const error = state.errors.sure
  return (
    <div class="narrow">
      <h1>{t.account.closeTitle}</h1>
      <Warning text={openOrders ? t.account.openOrders : undefined}>
        <a href={to('/orders')}>{t.nav.orders}</a> · <a href={to('/my-sales')}>{t.account.sales}</a>
      </Warning>
      <ErrorSummary state={state} labels={{ sure: t.account.close }} />
      <ul class="plain-list">
        {t.account.closeWhat.split('\n').map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <p class="hint">{t.account.closeOpen}</p>
      <PostForm
        class="form close-form"
        action="/account/close"
        submit={t.account.closeDo}
        beside={
          <a class="button quiet" href={to('/account')}>
            {t.account.closeKeep}
          </a>
        }
      >
        <div class="field">
          <label class="check">
            <input
              id="sure"
              type="checkbox"
              name="sure"
              value="yes"
              required
              data-missing={t.account.closeTick}
              {...described(state, 'sure', false)}
            />
            <span>{t.account.closeSure}</span>
          </label>
          {error && (
            <p class="error" id="sure-error">
              {error}
            </p>
          )}
        </div>
      </PostForm>
    </div>
  )
}
