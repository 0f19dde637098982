/** Builds `dist` and moves it into place as a whole. */
export function build(options?: { unlessFresh?: boolean }): Promise<void>

/** Writes what a machine gets into `outdir`: the same sources make the same bytes, wherever that is. */
export function buildShop(options: { outdir: string; logLevel?: 'error' | 'silent' }): Promise<void>
