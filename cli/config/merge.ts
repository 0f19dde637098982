type Fields = Record<string, unknown>

/** `over` on top of `base`: fields are merged, everything else (lists too) is replaced as a whole. */
export function merge(base: Fields, over: Fields): Fields {
  const merged = { ...base }
  for (const [name, value] of Object.entries(over)) {
    const below = merged[name]
    merged[name] = isFields(below) && isFields(value) ? merge(below, value) : value
  }
  return merged
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
