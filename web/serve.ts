import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { noGuard } from '../services/kit/app.ts'
import { Client } from '../services/kit/client.ts'
import type { Command } from '../services/kit/main.ts'
import { createMetrics } from '../services/kit/metrics.ts'
import { serve as serveProcess } from '../services/kit/service.ts'
import { readCredential } from '../services/kit/settings.ts'
import { createStorefront } from './app/app.ts'
import type { Site } from './app/site.ts'
import { Assets } from './assets/assets.ts'
import { Signer } from './cart/signed.ts'
import { shopIcon } from './pictures/icon.ts'
import { Pictures } from './pictures/pictures.ts'
import { webSettings } from './settings.ts'
import { themeCss } from './theme/theme.ts'

/** The bundle is dist/services/web.mjs, what the browser gets is in dist/web. */
const builtFolder = join(fileURLToPath(import.meta.url), '../../web')

async function gatewayAnswers(gateway: Client): Promise<void> {
  const { status } = await gateway.call({ method: 'GET', path: '/api/catalog/books?limit=1', timeoutMs: 1_500 })
  if (status >= 500) throw new Error(`the gateway answers ${status}`)
}

export const serve: Command = async ({ env, log, signal }) => {
  const settings = webSettings(env)
  const cartKey = readCredential('cart-key', env)
  const metrics = createMetrics(settings.BOOKSTORE_PROCESS)
  const gateway = new Client('gateway', settings.BOOKSTORE_GATEWAY_URL, 64)
  const assets = Assets.load(builtFolder)
  const { accent } = settings.BOOKSTORE_SHOP
  const icon = shopIcon(assets.text('icon.svg'), accent)
  // One file for all styles, the shop's colours among them: the page waits for no second one.
  assets.add('shop.css', themeCss(accent) + assets.text('shop.css'))
  assets.add('icon.svg', icon)
  const coverSigner = new Signer(cartKey, 'covers')
  const site: Site = {
    shop: settings.BOOKSTORE_SHOP,
    currency: settings.BOOKSTORE_CURRENCY,
    origin: settings.BOOKSTORE_SITE_URL,
    assets,
    gateway,
    cartSigner: new Signer(cartKey, 'cart'),
    coverSigner,
    pictures: new Pictures(settings.BOOKSTORE_SHOP, icon, coverSigner),
    log,
    metrics,
  }
  await serveProcess(
    {
      name: 'web',
      log,
      metrics,
      guard: noGuard,
      settings,
      endpoints: [],
      app: createStorefront(site),
      readiness: [{ name: 'gateway', check: () => gatewayAnswers(gateway) }],
      close: () => gateway.close(),
    },
    signal,
  )
}
