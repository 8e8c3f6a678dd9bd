import { describe, expect, it, test } from '@jest/globals'
import { callsOf, runTools, textOf, tool } from '../test/ask.ts'

type Json = ReturnType<typeof JSON.parse>

const format = (name: string) => ({
  responseFormat: { type: 'json_schema', json_schema: { name, schema: { type: 'object' } } },
})

async function outline(instruction: string, more = '', count = 'exactly 4'): Promise<Json> {
  const prompt = `Instruction: ${instruction}\nSlides to plan: ${count}\nToday: 2026-11-21${more}`
  return JSON.parse(await textOf(prompt, format('deck_outline')))
}

async function slide(presentation: string, plan: Json, more = ''): Promise<Json> {
  const points = plan.points.map((point: string) => `- ${point}`).join('\n')
  const prompt = `Instruction: x\nPresentation: ${presentation}\n\nIts slides:\n1. ${plan.title}\n\nThis slide: 1. ${plan.title}\nLayout: ${plan.layout}\n\nPoints:\n${points}${more}`
  return JSON.parse(await textOf(prompt, format('deck_slide')))
}

const report = `\n\n<material>
[1] City trees, page 2
Trees cool cities by up to five degrees, as was measured in Vienna. They also hold back rain, which relieves the sewers of the city. Planting a tree costs 400 euros.

[2] Soil
Most trees in cities die young because their roots have no room. A bigger pit costs more but pays for itself within a few years. Old trees store far more carbon than young trees do.
</material>`

describe('an outline', () => {
  it('of a topic that it knows says something about it', async () => {
    const plan = await outline('Create a 5-slide presentation about machine learning basics')
    expect(plan.title).toBe('Machine learning basics')
    expect(plan.slides.map(({ title }: Json) => title)).toEqual([
      'Machine learning finds rules in examples',
      'There are three ways to learn from data',
      'Good models generalise instead of memorising',
      'Start with a question, not with an algorithm',
    ])
    for (const { points } of plan.slides) expect(points.length).toBeGreaterThan(1)
  })

  it.each([
    ['Make a presentation on the history of tea in ten slides', 'History of tea'],
    ['slides about GraphQL', 'GraphQL'],
    ['Erstelle 5 Folien über Katzen', 'Katzen'],
    ['I need a PowerPoint about photosynthesis for students.', 'Photosynthesis for students'],
    ['Presentation: tides', 'Tides'],
    ['5 slides on remote work, please', 'Remote work'],
    ['10 slides for the board: quarterly results of a bakery', 'Quarterly results of a bakery'],
  ])('%s', async (instruction, title) => {
    const plan = await outline(instruction)
    expect(plan.title).toBe(title)
    expect(plan.slides).toHaveLength(4)
  })

  it('of material says what the material says, with its sources', async () => {
    const plan = await outline('Summarise this', report, 'exactly 3')
    expect(plan.title).toBe('City trees')
    expect(plan.slides).toHaveLength(3)
    const text = JSON.stringify(plan.slides)
    expect(text).toContain('Trees cool cities by up to five degrees')
    expect(plan.slides.flatMap(({ sources }: Json) => sources)).toEqual(
      expect.arrayContaining([1, 2]),
    )
    for (const { title, points } of plan.slides) {
      for (const line of [title, ...points]) expect(line.split(' ').length).toBeLessThanOrEqual(16)
    }
    expect(text).not.toContain('…')
  })

  test.each(['exactly 8', '5 to 9'])(
    'of few facts has one or two on a slide: %s',
    async (count) => {
      const facts = [
        'Revenue reached 1.2 million euros, up 8 percent on the same quarter of the year before',
        'Bread made up 60 percent of the revenue',
        'Two new shops opened in May',
        'The cost of flour rose by 15 percent because of the bad harvest',
        'Customer complaints fell from 40 to 12 a month',
      ]
      const material = `\n\n<material>\n[1] Material\n${facts.join('. ')}.\n</material>`
      const { slides } = await outline('Results of a bakery', material, count)
      expect(slides).toHaveLength(count === 'exactly 8' ? 4 : 3)
      const said = slides.flatMap(({ title, points, layout }: Json) => {
        const own = layout === 'big_number' ? points : [title, ...points]
        expect([1, 2]).toContain(own.length)
        return own
      })
      expect(said.toSorted()).toEqual(facts.toSorted())
      const made = await Promise.all(slides.map((plan: Json) => slide('Results', plan, material)))
      const figures = made.flatMap(({ value, label }) => (value ? [[value, label]] : []))
      if (count === 'exactly 8')
        expect(figures).toEqual([
          ['1.2 million euros', 'up 8 percent on the same quarter of the year before'],
          ['15 percent', 'because of the bad harvest'],
          ['12', 'Customer complaints fell from 40'],
        ])
      for (const { sources } of made) expect(sources).toEqual([1])
    },
  )
})

describe('a slide', () => {
  it('has the shape of its layout', async () => {
    const { slides } = await outline('Slides about machine learning', '', 'exactly 7')
    const made = await Promise.all(slides.map((plan: Json) => slide('Machine learning', plan)))
    const byLayout = new Map(made.map((content, at) => [slides[at].layout, content]))
    expect(byLayout.get('bullets').bullets.length).toBeGreaterThan(2)
    expect(byLayout.get('table').rows).toHaveLength(3)
    expect(byLayout.get('comparison')).toMatchObject({
      left: { heading: 'Underfitting' },
      right: { heading: 'Overfitting' },
    })
    expect(byLayout.get('timeline').events[0]).toEqual({
      when: 'Step 1',
      title: 'Collect',
      text: expect.any(String),
    })
    expect(byLayout.get('code').code).toContain('sklearn')
    for (const content of made) expect(content.notes).toMatch(/\w/)
  })

  it('of material has the whole sentences as notes, and their sources', async () => {
    const plan = {
      title: 'Trees cool cities by up to five degrees',
      layout: 'bullets',
      points: ['Most trees in cities die young'],
    }
    const content = await slide('City trees', plan, report)
    expect(content.bullets).toEqual(plan.points)
    expect(content.notes).toContain(
      'Most trees in cities die young because their roots have no room.',
    )
    expect(content.sources).toEqual([1, 2])
  })
})

const maker = tool(
  'ppt_maker',
  {
    instruction: { type: 'string' },
    material: { anyOf: [{ type: 'string' }, { type: 'array', items: {} }] },
    model: { type: 'string' },
    language: { type: 'string' },
    slides: { type: 'integer' },
  },
  { required: [] },
)
const search = tool('websearch', { query: { type: 'string' } })

describe('the tool', () => {
  it('is called with what was asked, and with nothing that only sounds like a setting', async () => {
    const ask =
      'Create a 5-slide presentation about how a model is trained and why language is hard'
    const [[name, args] = []] = await callsOf(ask, { tools: [maker] })
    expect(name).toBe('ppt_maker')
    expect(args).toEqual({ instruction: expect.stringContaining('Create a 5-slide presentation') })
  })

  it('gets what was found before', async () => {
    const { rounds } = await runTools(
      'Search for city trees and make slides about them',
      [search, maker],
      {
        websearch: 'Trees cool cities [1].',
        ppt_maker: 'Made “City trees”: 5 slides.',
      },
    )
    expect(rounds[1]).toEqual([
      ['ppt_maker', { instruction: 'make slides about them', material: 'Trees cool cities [1].' }],
    ])
  })
})
