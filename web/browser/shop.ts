import { enhanceCart } from './cart.ts'
import { previewCover } from './cover-preview.ts'
import { focusFirstError } from './errors.ts'
import { closeMenus } from './menu.ts'
import { followOrder } from './order.ts'
import { foldFilters, searchAsYouType } from './search.ts'
import { sendOnce } from './send-once.ts'

// Every page works without any of these: each finds what it makes better, or does nothing.
for (const improve of [
  focusFirstError,
  closeMenus,
  sendOnce,
  enhanceCart,
  foldFilters,
  searchAsYouType,
  followOrder,
  previewCover,
])
  improve()
