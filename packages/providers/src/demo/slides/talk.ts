/** What any talk needs, where the demo model knows nothing about its topic. */
import { capitalised } from '../clauses.ts'
import type { LessonSlide } from '../data/lessons/lesson.ts'

// oxlint-disable-next-line max-lines-per-function -- a table
export function talkAbout(topic: string): LessonSlide[] {
  return [
    {
      rank: 1,
      title: `${capitalised(topic)}: the question behind it`,
      points: [
        'The question in one sentence that an outsider understands',
        'Who asks it, and how often it comes up',
        'What it costs to leave it without an answer',
      ],
      notes: `Begin with the question that ${topic} answers. Who has the question listens to the answer.`,
    },
    {
      rank: 4,
      title: 'A few terms carry the whole topic',
      points: [
        'Three words that have to be clear from the start',
        'An everyday example for each of them',
        'What the words do not mean here',
      ],
      notes: 'Explain a term when it is first needed, and use the same word for the same thing.',
    },
    {
      rank: 2,
      title: `${capitalised(topic)}: one example shows the whole`,
      points: [
        'How things were before',
        'What was done, step by step',
        'What came of it, and how that was noticed',
      ],
      notes: 'One example that is told to its end says more than three that are only named.',
    },
    {
      rank: 5,
      title: 'There are reasons for it and against it',
      layout: 'comparison',
      points: ['What speaks for it', 'What speaks against it'],
      notes: 'Name the best argument of the other side yourself. It will be raised anyway.',
    },
    {
      rank: 6,
      title: 'Some questions are still open',
      points: [
        'What nobody knows yet',
        'What people in the field disagree about',
        'What would change our mind',
      ],
      notes: 'Saying what is not known makes the rest more believable.',
    },
    {
      rank: 3,
      title: 'One next step is enough to begin',
      layout: 'closing',
      points: [
        'The one message to remember',
        'The first step, small enough for this week',
        'Where to find out more',
      ],
      notes: 'End with what the audience can do, and leave time for questions.',
    },
  ]
}
