import { useView, type View } from '../components/view.ts'
import { type BookPage, conditions, type FacetValue } from '../gateway/schemas.ts'
import { languageName, number } from '../i18n/format.ts'
import { type Chosen, sorts } from './chosen.ts'

interface Option {
  value: string
  text: string
}

function Select({
  name,
  label,
  value,
  options,
}: {
  name: string
  label: string
  value: string
  options: readonly Option[]
}) {
  return (
    <div class="field">
      <label for={`filter-${name}`}>{label}</label>
      <select id={`filter-${name}`} name={name}>
        {options.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === value}>
            {option.text}
          </option>
        ))}
      </select>
    </div>
  )
}

const counted = ({ lang }: View, name: string, count: number | undefined) =>
  count === undefined ? name : `${name} (${number(lang, count)})`

/** The catalogue's values, and the one that is chosen even when nothing of it is left. */
function withChosen(values: readonly FacetValue[], chosen: string): readonly FacetValue[] {
  return !chosen || values.some(({ value }) => value === chosen) ? values : [...values, { value: chosen, count: 0 }]
}

function languageOptions(view: View, found: BookPage, chosen: string): Option[] {
  const named = withChosen(found.facets.languages, chosen).map(({ value, count }) => ({
    value,
    text: counted(view, languageName(view.lang, value), count),
  }))
  return [{ value: '', text: view.t.browse.anyLanguage }, ...named]
}

function conditionOptions(view: View, found: BookPage): Option[] {
  const facet = found.facets.conditions
  const countOf = (condition: string) => facet.find(({ value }) => value === condition)?.count
  const named = conditions.map((value) => ({ value, text: counted(view, view.t.conditions[value], countOf(value)) }))
  return [{ value: '', text: view.t.browse.anyCondition }, ...named]
}

export function sortName({ t }: View, sort: string): string {
  if (sort === '-price') return t.browse.sorts.priceDown
  return t.browse.sorts[sort as Exclude<keyof typeof t.browse.sorts, 'priceDown'>]
}

function Prices({ chosen }: { chosen: Chosen }) {
  const { t } = useView()
  return (
    <div class="field-pair">
      {(['minPrice', 'maxPrice'] as const).map((name) => (
        <div class="field" key={name}>
          <label for={`filter-${name}`}>{t.browse[name]}</label>
          <input id={`filter-${name}`} name={name} inputMode="decimal" value={chosen[name]} maxLength={12} />
        </div>
      ))}
    </div>
  )
}

export function Filters({ chosen, found }: { chosen: Chosen; found: BookPage }) {
  const view = useView()
  const { t, to } = view
  const sortable = sorts.filter((sort) => sort !== 'relevance' || chosen.q)
  return (
    <div class="filters" id="filters">
      <a class="button quiet filters-open" href="#filters">
        {t.browse.showFilters}
      </a>
      <form action={to('/books')} method="get" aria-label={t.browse.filters} data-enhance="filters">
        {chosen.q && <input type="hidden" name="q" value={chosen.q} />}
        <Select
          name="sort"
          label={t.browse.sort}
          value={chosen.sort || (chosen.q ? 'relevance' : 'newest')}
          options={sortable.map((sort) => ({ value: sort, text: sortName(view, sort) }))}
        />
        <div class="field">
          <label for="filter-author">{t.browse.author}</label>
          <input id="filter-author" name="author" value={chosen.author} maxLength={200} autocomplete="off" />
        </div>
        <Select
          name="language"
          label={t.browse.language}
          value={chosen.language}
          options={languageOptions(view, found, chosen.language)}
        />
        <Select
          name="condition"
          label={t.browse.condition}
          value={chosen.condition}
          options={conditionOptions(view, found)}
        />
        <Prices chosen={chosen} />
        <label class="check">
          <input type="checkbox" name="inStock" value="true" checked={chosen.inStock === 'true'} />
          <span>{t.browse.inStock}</span>
        </label>
        <button class="button" type="submit">
          {t.browse.apply}
        </button>
        <a class="filters-close" href="#results">
          {t.close}
        </a>
      </form>
    </div>
  )
}

/** What is filtered by, each with a link that takes it away. */
export function ActiveFilters({ chosen }: { chosen: Chosen }) {
  const { t, to, lang } = useView()
  const texts: [keyof Chosen, string][] = [
    ['q', chosen.q && `«${chosen.q}»`],
    ['author', chosen.author],
    ['language', chosen.language && languageName(lang, chosen.language)],
    ['condition', chosen.condition && t.conditions[chosen.condition as keyof typeof t.conditions]],
    ['minPrice', chosen.minPrice && t.browse.from(chosen.minPrice)],
    ['maxPrice', chosen.maxPrice && t.browse.upTo(chosen.maxPrice)],
    ['inStock', chosen.inStock && t.browse.inStock],
  ]
  const active = texts.filter(([, text]) => text)
  if (active.length === 0) return null
  return (
    <ul class="chips active-filters" aria-label={t.browse.active}>
      {active.map(([name, text]) => (
        <li key={name}>
          <a class="chip chip-remove" href={to('/books', { ...chosen, cursor: '', [name]: '' })}>
            <span class="visually-hidden">{t.browse.remove(text)}</span>
            <span aria-hidden="true">{text} ×</span>
          </a>
        </li>
      ))}
      <li>
        <a class="clear" href={to('/books')}>
          {t.browse.clear}
        </a>
      </li>
    </ul>
  )
}
