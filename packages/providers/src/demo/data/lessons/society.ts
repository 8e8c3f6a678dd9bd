import type { Lesson } from './lesson.ts'

export const climate: Lesson = {
  topic: /\bclimate\b|\bglobal warming\b/i,
  subtitle: 'What changes, why, and what helps',
  slides: [
    {
      rank: 1,
      title: 'The Earth warms because heat cannot leave',
      points: [
        'Sunlight passes through the air and warms the ground',
        'Greenhouse gases hold back the heat that the ground gives off',
        'Burning coal, oil and gas adds to these gases',
        'The effect was described in the nineteenth century',
      ],
      notes:
        'The greenhouse effect itself is old and makes life possible. What is new is how quickly people make it stronger.',
    },
    {
      rank: 4,
      title: 'Many independent records show the warming',
      points: [
        'Thermometers on land and at sea',
        'Shrinking glaciers and sea ice',
        'Rising sea level',
        'Earlier springs and shifting habitats',
      ],
      notes: 'No single record would be enough. They agree although they are measured in different ways.',
    },
    {
      rank: 2,
      title: 'Warming reaches people through water and weather',
      points: [
        'Heat waves become more frequent',
        'Heavy rain and droughts both grow more likely',
        'Coasts are flooded more often',
        'Harvests become less certain',
      ],
      notes: 'Averages hide what is felt. It is the extremes that people, fields and cities suffer from.',
    },
    {
      rank: 5,
      title: 'Cutting emissions and adapting go together',
      layout: 'comparison',
      points: ['Mitigation removes the cause', 'Adaptation softens the effects'],
      columns: {
        left: {
          heading: 'Mitigation',
          bullets: ['Clean electricity', 'Efficient buildings', 'Less waste and deforestation'],
        },
        right: {
          heading: 'Adaptation',
          bullets: ['Shade and water in cities', 'Protected coasts', 'Crops that stand drought'],
        },
      },
      notes: 'One without the other does not work: without cuts adapting never ends, and some change is here already.',
    },
    {
      rank: 3,
      title: 'The large levers are known',
      layout: 'closing',
      points: [
        'Make electricity without burning',
        'Use electricity for heat and transport',
        'Keep forests and soils',
        'Measure progress in public',
      ],
      notes: 'None of this waits for an invention. It waits for decisions, money and patience.',
    },
  ],
}

export const remoteWork: Lesson = {
  topic: /\bremote work\b|\bworking from home\b|\bhome ?office\b|\bhybrid work\b/i,
  subtitle: 'What changes when the office does not matter',
  slides: [
    {
      rank: 1,
      title: 'Remote work moves trust into the open',
      points: [
        'Nobody sees who sits at a desk',
        'Results count instead of hours',
        'What was said in the corridor has to be written',
      ],
      notes: 'Teams that rely on being seen find it hard. Teams that agree on results find it easy.',
    },
    {
      rank: 2,
      title: 'Writing replaces many meetings',
      points: [
        'Decisions stand where all can find them',
        'People read when it suits them',
        'Meetings are left for what needs a talk',
      ],
      notes: 'A page that is read by ten people saves ten people an hour.',
    },
    {
      rank: 4,
      title: 'There are gains and there are costs',
      layout: 'comparison',
      points: ['Gains', 'Costs'],
      columns: {
        left: { heading: 'Gains', bullets: ['No commute', 'Quiet hours', 'Colleagues from anywhere'] },
        right: { heading: 'Costs', bullets: ['Fewer chance talks', 'Blurred evenings', 'Harder first weeks'] },
      },
      notes: 'Name the costs, and they can be met: with fixed hours, with visits, with a buddy for newcomers.',
    },
    {
      rank: 3,
      title: 'Good rules fit on one page',
      layout: 'closing',
      points: ['Hours in which all can be reached', 'Where decisions are written down', 'How quickly an answer is expected', 'When we meet in person'],
      notes: 'Agree on the rules together, and look at them again after three months.',
    },
  ],
}
