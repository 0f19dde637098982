/** Builds `dist` and moves it into place as a whole. */
export function build(options?: { unlessFresh?: boolean }): Promise<void>
