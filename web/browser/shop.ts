import { enhanceBasket, enhanceCart } from './cart.ts'
import { matchDelivery } from './checkout.ts'
import { showLocalTimes } from './clock.ts'
import { previewCover } from './cover-preview.ts'
import { focusFirstError } from './errors.ts'
import { closeMenus } from './menu.ts'
import { followOrder } from './order.ts'
import { offerPrint } from './print.ts'
import { searchAsYouType } from './search.ts'
import { showSeen } from './seen.ts'
import { sendOnce } from './send-once.ts'
import { suggestWhileTyping } from './suggestions.ts'
import { allowSkippedTransitions } from './transitions.ts'
import { judgeWhileTyping } from './validation.ts'

// Every page works without any of these: each finds what it makes better, or does nothing. `sendOnce` comes last: it
// looks only after forms that nobody before it has taken over.
const improvements = [
  allowSkippedTransitions,
  focusFirstError,
  showLocalTimes,
  closeMenus,
  enhanceCart,
  enhanceBasket,
  matchDelivery,
  searchAsYouType,
  suggestWhileTyping,
  followOrder,
  showSeen,
  previewCover,
  offerPrint,
  judgeWhileTyping,
  sendOnce,
]
for (const improve of improvements) improve()
