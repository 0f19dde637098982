import type { Catalog } from '../context.ts'
import { findSuggestions, type Suggestion } from '../repositories/suggestions.ts'
import { suggestionQuery } from '../search/suggestion-query.ts'

/** What somebody may be about to type: at most `limit` books and authors on sale; none for a text without a word. */
export async function suggest({ db }: Catalog, typed: string, limit: number): Promise<Suggestion[]> {
  const query = suggestionQuery(typed)
  return query === undefined ? [] : findSuggestions(db, query, limit)
}
