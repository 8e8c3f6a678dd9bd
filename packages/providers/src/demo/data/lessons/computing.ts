import type { Lesson } from './lesson.ts'

export const machineLearning: Lesson = {
  topic: /\bmachine[- ]learning\b|\bML\b/i,
  subtitle: 'How computers learn from examples',
  slides: [
    {
      rank: 1,
      title: 'Machine learning finds rules in examples',
      points: [
        'A program is usually told the rules by people',
        'A learning program gets examples and finds the rules itself',
        'It helps where rules are hard to write down: speech, pictures, spam',
        'It is only as good as the examples it has seen',
      ],
      notes:
        'Nobody can write down how to tell a cat from a dog. Thousands of labelled pictures say it without words, and a learning program turns them into a rule.',
    },
    {
      rank: 2,
      title: 'There are three ways to learn from data',
      layout: 'table',
      points: [
        'Supervised learning has examples with answers',
        'Unsupervised learning has examples alone',
        'Reinforcement learning has rewards',
      ],
      table: {
        columns: ['Way to learn', 'What it gets', 'What it is good for'],
        rows: [
          ['Supervised', 'Examples with the right answer', 'Prices, spam, diagnoses'],
          ['Unsupervised', 'Examples without answers', 'Groups of customers, odd payments'],
          ['Reinforcement', 'Rewards for what it does', 'Games, robots, control'],
        ],
      },
      notes:
        'Most of what is used every day is supervised learning. The other two are chosen where nobody can give the right answers, or where an answer shows its worth only later.',
    },
    {
      rank: 5,
      title: 'Every model is fitted and then tested',
      layout: 'timeline',
      points: ['Collect data', 'Train on most of it', 'Test on the rest', 'Watch it in use'],
      events: [
        { when: 'Step 1', title: 'Collect', text: 'Gather and clean examples' },
        { when: 'Step 2', title: 'Train', text: 'Fit the model to most of them' },
        { when: 'Step 3', title: 'Test', text: 'Measure it on examples it never saw' },
        { when: 'Step 4', title: 'Watch', text: 'Check it in use and train it anew' },
      ],
      notes:
        'The test set has to be put aside before anything else is done. What a model has seen in training says nothing about what it can do.',
    },
    {
      rank: 3,
      title: 'Good models generalise instead of memorising',
      layout: 'comparison',
      points: ['Underfitting misses the pattern', 'Overfitting learns the noise'],
      columns: {
        left: {
          heading: 'Underfitting',
          bullets: [
            'The model is too simple',
            'Errors are high in training and in use',
            'Remedy: better features, a richer model',
          ],
        },
        right: {
          heading: 'Overfitting',
          bullets: [
            'The model knows the examples by heart',
            'Errors are low in training and high in use',
            'Remedy: more data, a simpler model',
          ],
        },
      },
      notes:
        'A student who learns the answers of old exams by heart fails the next one. The gap between training and test error shows the same of a model.',
    },
    {
      rank: 6,
      title: 'Bad data makes bad decisions',
      points: [
        'Gaps in the data become gaps in the answers',
        'Old prejudices are learnt like any other pattern',
        'Labels that people disagree about cannot be learnt well',
        'The world changes, and the model does not notice',
      ],
      notes:
        'Before choosing an algorithm, look at the data. Who collected it, who is missing in it, and what has changed since then?',
    },
    {
      rank: 7,
      title: 'A first project fits into a few lines',
      layout: 'code',
      points: ['Load the data', 'Keep a part for the test', 'Train, then measure'],
      code: 'from sklearn.datasets import load_iris\nfrom sklearn.model_selection import train_test_split\nfrom sklearn.tree import DecisionTreeClassifier\n\nx, y = load_iris(return_X_y=True)\nx_train, x_test, y_train, y_test = train_test_split(x, y)\nmodel = DecisionTreeClassifier().fit(x_train, y_train)\nprint(model.score(x_test, y_test))',
      notes:
        'The library does the arithmetic. What it cannot do is to choose the question, the data and the measure.',
    },
    {
      rank: 4,
      title: 'Start with a question, not with an algorithm',
      layout: 'closing',
      points: [
        'Write down the decision that the model shall help with',
        'Look at the data before choosing a method',
        'Compare with the simplest rule that could work',
        'Measure on data the model has never seen',
      ],
      notes:
        'If a simple rule does nearly as well, use the simple rule. It is cheaper, quicker and can be explained.',
    },
  ],
}

export const python: Lesson = {
  topic: /\bpython\b/i,
  subtitle: 'A first look at a friendly language',
  slides: [
    {
      rank: 1,
      title: 'Python reads almost like plain language',
      points: [
        'Indentation shows what belongs together',
        'Few symbols and clear words',
        'Programs run at once, without a separate build',
        'Errors say the line and the reason',
      ],
      notes: 'Code is read far more often than it is written. Python was designed for the reader.',
    },
    {
      rank: 2,
      title: 'Four kinds of values carry most programs',
      layout: 'table',
      points: ['Numbers', 'Strings', 'Lists', 'Dictionaries'],
      table: {
        columns: ['Kind', 'Example', 'Used for'],
        rows: [
          ['Number', '3.5', 'Counting and computing'],
          ['String', '"hello"', 'Text'],
          ['List', '[1, 2, 3]', 'Things in order'],
          ['Dictionary', '{"ann": 42}', 'Looking things up'],
        ],
      },
      notes: 'Everything else is built from these. Whoever knows them can read most programs.',
    },
    {
      rank: 4,
      title: 'Functions give a name to an idea',
      layout: 'code',
      points: ['The name says what it does', 'Arguments go in, a value comes out'],
      code: 'def average(values):\n    return sum(values) / len(values)\n\nprint(average([2, 4, 9]))',
      notes: 'If a piece of code needs a comment that says what it does, it wants to be a function with that name.',
    },
    {
      rank: 5,
      title: 'Libraries do the heavy work',
      points: [
        'The standard library reads files, dates and web pages',
        'NumPy and pandas compute and analyse',
        'Flask and Django serve web pages',
        'pytest checks that all of it still works',
      ],
      notes: 'Look for a library before writing one. The hard cases have usually been met by someone else.',
    },
    {
      rank: 3,
      title: 'Small programs of your own teach fastest',
      layout: 'closing',
      points: ['Rename a folder of files', 'Draw a chart of your own data', 'Write one test for it', 'Show it to somebody'],
      notes: 'A task of your own that takes an evening teaches more than ten exercises.',
    },
  ],
}

export const security: Lesson = {
  topic: /\bcyber ?security\b|\binformation security\b|\bonline safety\b|\bIT security\b/i,
  subtitle: 'What keeps accounts and data safe',
  slides: [
    {
      rank: 1,
      title: 'Most attacks begin with a person, not a machine',
      points: [
        'A message asks for a quick reaction',
        'A link leads to a page that looks familiar',
        'A password is typed where it does not belong',
        'The attacker logs in like anybody else',
      ],
      notes: 'Breaking in is hard. Being let in is easy, and that is why attackers ask.',
    },
    {
      rank: 2,
      title: 'Long and different passwords stop most of it',
      points: [
        'A password manager remembers them',
        'A second factor stops a stolen password',
        'Passkeys cannot be typed into a wrong page',
        'Never the same password twice',
      ],
      notes: 'Length beats odd characters. What matters most is that one stolen password opens only one door.',
    },
    {
      rank: 4,
      title: 'Updates close doors that are known to be open',
      points: [
        'Faults become public when they are mended',
        'From then on attackers look for those who wait',
        'Automatic updates take the decision away',
      ],
      notes: 'The day of an update is the day on which everybody learns where the hole was.',
    },
    {
      rank: 5,
      title: 'Backups turn a disaster into a bad day',
      points: ['Three copies', 'On two kinds of storage', 'One of them elsewhere', 'Restored once, as a test'],
      notes: 'A backup that was never restored is a hope and no backup.',
    },
    {
      rank: 3,
      title: 'Three habits make the difference this week',
      layout: 'closing',
      points: ['Switch on the second factor', 'Install a password manager', 'Ask back before you click or pay'],
      notes: 'Take one of them and do it today.',
    },
  ],
}
