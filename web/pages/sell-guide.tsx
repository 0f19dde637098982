import { useView } from '../components/view.ts'
import { conditions } from '../gateway/schemas.ts'

/** Beside the form: what happens once a book is published, and how to say in what condition it is. */
export function SellGuide() {
  const { guide, conditions: names, conditionHints } = useView().t
  return (
    <aside class="guide" aria-labelledby="guide">
      <h2 id="guide">{guide.title}</h2>
      <ol class="guide-steps">
        {guide.steps.split('\n').map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <h3>{guide.conditions}</h3>
      <dl>
        {conditions.map((condition) => (
          <div key={condition}>
            <dt>{names[condition]}</dt>
            <dd>{conditionHints[condition]}</dd>
          </div>
        ))}
      </dl>
    </aside>
  )
}
