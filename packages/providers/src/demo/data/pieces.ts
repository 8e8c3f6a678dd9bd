/** Short pieces to tell, by kind; one of a kind is picked by the words of the request. */
type Pieces = readonly [string, ...string[]]

export const stories: Pieces = [
  'A lighthouse keeper found a bottle on the beach with a letter in it that said only “Thank you”. She kept it on her desk for years and wondered what she had done. One stormy night a boat came home by her light, and its captain, climbing the stairs wet and laughing, said just those two words. She wrote them down, put them into a bottle and threw it far out, for the next keeper who might need to know.',
  'Mira built a small robot to water her garden while she travelled. When she came back, the tomatoes were fine, but the robot stood at the fence, watering the neighbour’s dry roses through the gap. She looked at its program: “Water what is thirsty.” She never found a reason to correct it.',
  'An old clockmaker had one clock that ran five minutes late, and he would not repair it. “It was right on the day my daughter was born,” he said, “and it has only ever lost time since, like me.” When she came to visit, she moved its hands five minutes on, and they both laughed and set it back again.',
]

export const jokes: Pieces = [
  'Why do programmers prefer dark mode? Because light attracts bugs.',
  'There are 10 kinds of people: those who understand binary and those who do not.',
  'I would tell you a joke about UDP, but you might not get it.',
  'A byte walks into a bar looking pale. “What is wrong?” asks the barman. “Parity error.” “I thought you looked a bit off.”',
]

export const poems: Pieces = [
  'The morning comes on quiet feet,\nIt leaves its light along the street,\nAnd every window, one by one,\nRepeats the sentence of the sun.',
  'A river has no plan at all,\nIt only knows the way to fall,\nAnd yet it finds, through stone and tree,\nIts patient way into the sea.',
  'I wrote your name upon the sand,\nThe tide came in to read my hand,\nAnd far away, on some far shore,\nA wave now spells it out once more.',
]

export const haiku: Pieces = [
  'Rain on the window\nThe cat counts every last drop\nand then falls asleep',
  'An empty terminal\nThe cursor blinks, in no haste\nSomething will be typed',
]

export const quotes: Pieces = [
  '“Simplicity is prerequisite for reliability.” (Edsger W. Dijkstra)',
  '“What we know is a drop, what we do not know is an ocean.” (attributed to Isaac Newton)',
  '“Programs must be written for people to read, and only incidentally for machines to execute.” (Abelson and Sussman)',
]

/** Facts by the topic's words; the last row is for every other topic. */
export const facts: readonly (readonly [topic: RegExp, facts: Pieces])[] = [
  [
    /\b(?:space|planets?|moon|sun|stars?|astronomy|universe|galax(?:y|ies))\b/i,
    [
      'A day on Venus is longer than its year: it takes 243 Earth days to turn once and only 225 to go round the Sun.',
      'Light from the Sun takes about 8 minutes and 20 seconds to reach the Earth.',
      'There is no wind on the Moon, so the footprints of the Apollo astronauts are still there.',
    ],
  ],
  [
    /\b(?:seas?|oceans?|fish|whales?|octopus(?:es)?|water)\b/i,
    [
      'An octopus has three hearts, and one of them stops beating while it swims, which is why it prefers to crawl.',
      'The blue whale is the largest animal known ever to have lived.',
      'Sound travels more than four times faster in water than in air.',
    ],
  ],
  [
    /\b(?:animals?|cats?|dogs?|birds?|bees?|nature|insects?)\b/i,
    [
      'A hummingbird can fly backwards, which few other birds can.',
      'Honeybees tell each other where flowers are by dancing.',
      'Cats cannot taste sweetness.',
    ],
  ],
  [
    /\b(?:computers?|programming|software|internet|code|ai|technology)\b/i,
    [
      'The first “bug” that was taped into a computer’s log book, in 1947, was a real moth.',
      'The Apollo guidance computer had about 4 kilobytes of memory that could be written.',
      'The first web site went online in 1991 and is still there.',
    ],
  ],
  [
    /(?:)/,
    [
      'Honey hardly ever spoils: pots of it were found in Egyptian tombs, thousands of years old.',
      'The Eiffel Tower is about 15 centimetres taller in summer, since iron grows in the heat.',
      'Bananas are berries in the sense of botany, and strawberries are not.',
    ],
  ],
]

/** Sentences for texts of any length; `{topic}` is what the text is about. */
export const sentences: Pieces = [
  'Anyone who thinks about {topic} for the first time is surprised by how many small parts it has.',
  'Some of these parts can be seen at once, and others show themselves only after a long look.',
  'It helps to begin with a simple question and to follow it for a while.',
  'A good question is worth more than a quick answer, because it tells us where to look next.',
  'People who know {topic} well often say that patience taught them more than talent did.',
  'They make a small attempt, watch what happens, and change one thing at a time.',
  'In this way a mistake costs little and teaches much.',
  'There is also a history behind {topic}, made by many hands over many years.',
  'Most of those who added to it are not remembered by name, yet their work is still in use.',
  'What looks obvious today was once a bold idea that had to be defended.',
  'It is easy to forget this when everything works as it should.',
  'Then there is the daily side of {topic}, which is made of habits rather than ideas.',
  'A habit is a decision that does not have to be made again.',
  'Good habits leave the mind free for the few things that are really new.',
  'Not everyone agrees about {topic}, and that is a good sign.',
  'Where people disagree in good faith, something can be learned by both sides.',
  'It is wise to write down what one believes before looking at the evidence.',
  'Only then can one notice that one was wrong, and be glad about it.',
  'The future of {topic} is open, as every future is.',
  'What we can do is to leave things a little clearer than we found them.',
]
