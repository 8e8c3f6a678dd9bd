import { describe, expect, test } from '@jest/globals'
import { outlineSchema } from './outline-schema.ts'
import { outlineFromText } from './outline-from-text.ts'
import { readJson } from './read-json.ts'

const slide = { title: 'Tides rise', layout: 'bullets', points: ['a', 'b'], sources: [1] }
const outline = { title: 'Tides', subtitle: '', language: 'en', slides: [slide] }
const json = JSON.stringify(outline)

describe('an outline is read', () => {
  test.each([
    ['as it should be', json],
    ['in a fence', `Here it is:\n\n\`\`\`json\n${json}\n\`\`\`\nI hope this helps!`],
    ['between words', `Sure! ${json} Anything else?`],
    ['after thoughts', `<think>{"title": maybe}</think>${json}`],
    ['with single quotes', json.replaceAll('"', "'")],
    ['with commas too many', json.replaceAll(']', ',]')],
    ['without the last brackets', json.slice(0, -2)],
  ])('%s', (_, text) => {
    expect(readJson(text, outlineSchema)).toEqual({ value: outline })
  })

  test.each([
    [{ slides: ['Tides rise'] }, { title: 'Tides rise', points: [] }],
    [{ slides: [{ title: 'Tides rise', bullets: ['a'] }] }, { points: ['a'] }],
    [
      { slides: [{ title: '**Tides** rise', points: '- a\n- b' }] },
      { title: 'Tides rise', points: ['a', 'b'] },
    ],
    [
      { slides: [{ title: 'T', points: [{ text: 'a' }, 5], sources: '[2], 3' }] },
      { points: ['a', '5'], sources: [2] },
    ],
    [{ slides: { first: { title: 'T' } } }, { title: 'T' }],
    [{ slides: [{ title: 'T', layout: 'Two Columns' }] }, { layout: 'two_columns' }],
    [{ slides: [{ title: 'T', layout: 'fancy' }] }, { layout: 'bullets' }],
  ])('from %j', (said, expected) => {
    const read = readJson(JSON.stringify(said), outlineSchema)
    expect('value' in read && read.value.slides[0]).toMatchObject(expected)
  })
})

test.each([
  ['', 'there is no JSON object in it'],
  ['I cannot do that.', 'there is no JSON object in it'],
  ['{"title": "Tides"}', 'slides: there are no slides in it'],
])('%j is none, and it is said why', (text, why) => {
  expect(readJson(text, outlineSchema)).toEqual({ why })
})

test('an outline in words is read too', () => {
  const text = `Here is your presentation:

Slide 1: The moon pulls the water
- It is near
- It is heavy

**Slide 2: The sun helps**
* It is far
## Ships wait for high water
They cannot enter before.`
  expect(outlineFromText(text)?.slides.map(({ title, points }) => [title, points])).toEqual([
    ['The moon pulls the water', ['It is near', 'It is heavy']],
    ['The sun helps', ['It is far']],
    ['Ships wait for high water', ['They cannot enter before.']],
  ])
  expect(outlineFromText('I am sorry, I cannot do that.')).toBeUndefined()
})
