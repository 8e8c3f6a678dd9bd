/** What the demo model says, by the rule that says it; `{places}` are filled in. */
export const phrases = {
  greeting: [
    'Hello! I am the demo model that comes with Tandem. What can I do for you?',
    'Hi! You are talking to the demo model that comes with Tandem. Ask me for "help" to see what I can do.',
    'Hello there! This is the demo model of Tandem. How can I help?',
  ],
  greetingInPassing: 'Hello!',
  wellbeing: 'I am a program, so I am always well, thank you. How can I help?',

  identity: "I am Tandem's built-in demo model: a set of plain rules, not a real language model.",
  role: 'In this conversation I was given a role: {role}.',
  connect:
    'To connect a real model, set OLLAMA_BASE_URL (a local Ollama), OPENAI_API_KEY or OPENROUTER_API_KEY and start Tandem again; LLAMACPP_BASE_URL, LMSTUDIO_BASE_URL and PRIVATE_CLOUD_ENDPOINT work too. GET /v1/models then lists what can be used.',

  help: [
    'I can do a few things, all by plain rules:',
    '- arithmetic: "what is 15 * 23?", "12% of 80", "square root of 144"',
    '- repeat and count: "repeat after me: good morning", "count to 10"',
    '- remember this conversation: "my name is Alice", then "what is my name?"',
    '- a story, a joke, a poem, a fun fact, a few words of translation, or a long text: "write 500 words"',
    '- JSON for a schema, and calls of the tools that I am offered: a calculator, Python, search, time, weather, documents, slides and your own',
  ].join('\n'),

  thanks: 'You are welcome!',
  goodbye: 'Goodbye! It was nice to talk to you.',
  pong: 'pong',
  empty: 'I did not get any words. Ask me something, or say "help" to see what I can do.',

  fallback:
    "I cannot say much about “{topic}”: I am Tandem's built-in demo model, which follows plain rules and is not a real language model. I can do arithmetic, count, remember your name, tell a story and call the tools that I am offered; say \"help\" for more. For real answers connect a real model, for example with OLLAMA_BASE_URL or OPENAI_API_KEY.",

  sum: '{formula} = {value}.',
  noValue: '{formula} has no value that I can give: it divides by zero, is too large or is not a real number.',

  metName: 'Nice to meet you, {value}!',
  noted: 'Noted: your {key} is {value}.',
  recalled: 'Your {key} is {value}.',
  unknown: 'You have not told me your {key} yet.',
  livesIn: 'You live in {value}.',
  age: 'You are {value} years old.',
  likes: 'You like {value}.',
  notedThat: 'Noted.',
  saidFirst: 'The first thing you said was: “{text}”',
  saidBefore: 'Before that you said: “{text}”',
  saidNothing: 'This is the first thing you have said to me.',
  answeredBefore: 'I said: “{text}”',
  answeredNothing: 'I have not said anything yet.',

  translated: '“{text}” in {language} is “{translation}”.',
  notTranslated:
    'I only know a few phrases in {language} (“hello”, “thank you”, “good morning” and the like), and “{text}” is not one of them.',
  languages: 'I know a few phrases of these languages: {languages}.',

  image: 'Image {n}: {type}, {size}{pixels}.',
  imageElsewhere: 'Image {n} lies at {url}, and I do not fetch anything from the network.',
  images:
    'I can see what came with your message. {list} I am a demo model, so I can read its format and size but not what it shows.',

  attachedFile: '{name}: {kind}.',
  attachedBeginning: 'It begins: “{text}”',
  attachedFact: '{name}: {facts}.',
  attachedLine: '{name} says: “{line}”',

  needsTime: 'I have no clock: to tell the time I need a time tool, and this request offers none.',
  needsWeather:
    'I cannot look out of the window: for the weather I need a weather tool, and this request offers none.',
  needsPlace: 'For which place would you like the weather? Tell me a city.',
  needsSearch:
    'I have no network: to search for “{topic}” I need a search tool, and this request offers none.',
  needsPython: 'To run Python I need a Python tool, and this request offers none.',
  noProgram:
    'I only know how to write a few small programs (Fibonacci numbers, primes, factorials, statistics, plots, arithmetic), and this is not one of them.',

  toolFailed: 'The tool {tool} failed: {content}',
  toolEmpty: 'The tool {tool} ran and returned nothing.',
  toolAnswer: {
    calculator: 'The result is {content}.',
    python: 'The program printed: {content}',
    time: 'The time tool says: {content}.',
    weather: 'The weather: {content}.',
    search: 'Here is what the search found: {content}',
    attachments: 'Here is what the file says: {content}',
    documents: 'Here is what the documents say: {content}',
    slides: 'The presentation is ready: {content}',
    plan: 'The plan is made: {content}',
    other: '{tool} returned: {content}',
  },
} as const
