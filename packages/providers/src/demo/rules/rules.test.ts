import { describe, expect, it } from '@jest/globals'
import { assistant, system, textOf, user } from '../test/ask.ts'

describe('a message', () => {
  it.each([
    ['hi', /demo model/],
    ['Hello there!', /demo model/],
    ['Good morning', /demo model/],
    ['How are you?', /always well/],
    ['thanks!', /welcome/],
    ['ok, thank you very much', /welcome/],
    ['bye', /Goodbye/],
    ['ping', /^pong$/],
    [
      'Who are you?',
      /built-in demo model.*not a real language model.*OLLAMA_BASE_URL.*OPENAI_API_KEY/,
    ],
    ['Are you ChatGPT?', /not a real language model/],
    ["What's your name?", /demo model/],
    ['how do I connect a real model?', /OLLAMA_BASE_URL/],
    ['help', /arithmetic/],
    ['What can you do?', /arithmetic/],
    ['repeat after me: I am here. Are you?', /^I am here\. Are you\?$/],
    ['Repeat: a b c', /^a b c$/],
    ['Say hello.', /^hello$/],
    ["Say 'this is a test'", /^this is a test$/],
    ['Say "one. two. and what is three"', /^one\. two\. and what is three$/],
    ['Reply with the word pong', /^pong$/],
    ['Respond with exactly: "OK computer"', /^OK computer$/],
    ['Please say hi in one word', /^hi$/],
    ['Say hello in uppercase', /^HELLO$/],
    ['What is 15 * 23?', /^15 \* 23 = 345\.$/],
    ['add 2 and 3', /= 5\./],
    ['1/0', /no value/],
    ['what is the square root of -4', /no value/],
    ['count to 10', /^1, 2, 3, 4, 5, 6, 7, 8, 9, 10$/],
    ['Count down from five', /^5, 4, 3, 2, 1$/],
    ['count backwards from 10 to 8', /^10, 9, 8$/],
    ['count from 3 to 5, one number per line', /^3\n4\n5$/],
    ['list the numbers from 1 to 4', /^1, 2, 3, 4$/],
    ['Translate hello to French', /bonjour/],
    ['How do you say "thank you" in German?', /danke/],
    ['Translate to Spanish: good morning', /buenos días/],
    ['translate hello into Klingon', /French, Spanish/],
    ['translate "quantum" to French', /not one of them/],
    ['Tell me a joke', /\S/],
    ['Write a haiku about rain', /\n.*\n/],
    ['Give me a fun fact about space', /Venus|Sun|Moon/],
    ['Tell me a story', /\w+ .{100}/],
    ['What time is it?', /time tool/],
    ['What is the weather in Paris?', /weather tool/],
    ['Search for cats', /“cats”.*search tool/],
    [
      'Write a Python program that prints the first 10 primes',
      /```python\n[^]*islice\(primes\(\), 10\)/,
    ],
    ['Write Python code that reads my mind', /not one of them/],
  ])('%j is answered', async (message, answer) => {
    expect(await textOf(message)).toMatch(answer)
  })

  it('that no rule knows is answered honestly, with its topic', async () => {
    const text = await textOf('Could you please explain quantum physics to me?')
    expect(text).toContain('“quantum physics”')
    expect(text).toContain('not a real language model')
  })

  it('with several wishes gets them in order', async () => {
    expect(await textOf('Hello! What is 2 + 2, and say cheese')).toBe('Hello! 2 + 2 = 4. cheese')
    expect(await textOf('What is 2 + 3, then multiply the result by 2?')).toBe(
      '2 + 3 = 5. 5 * 2 = 10.',
    )
  })

  it.each([
    [500, 'Write 500 words about the sea'],
    [20, 'write a text of twenty words'],
    [300, 'Write an essay about bread'],
    [3000, 'write 100,000 words'],
  ])('asks for a text of %d words', async (count, message) => {
    const text = await textOf(message)
    expect(text.split(/\s+/)).toHaveLength(count)
    expect(text).toMatch(/\.$/)
    if (message.includes('sea')) expect(text).toContain('the sea')
  })
})

describe('what was said before', () => {
  const told = [
    user('Hi, my name is Alice and my favourite colour is dark blue.'),
    assistant('Nice to meet you!'),
    user('I live in Paris. I am 30 years old.'),
    assistant('Noted 12.'),
  ]

  it.each([
    ['What is my name?', 'Your name is Alice.'],
    ['who am I?', 'Your name is Alice.'],
    ["what's my favorite color?", 'Your favorite color is dark blue.'],
    ['Do you know my favourite colour?', 'Your favorite color is dark blue.'],
    [
      'what is my name, and my favorite color?',
      'Your name is Alice. Your favorite color is dark blue.',
    ],
    ['Where do I live?', 'You live in Paris.'],
    ['How old am I?', 'You are 30 years old.'],
    ['What is my shoe size?', 'You have not told me your shoe size yet.'],
    [
      'What did I say first?',
      'The first thing you said was: “Hi, my name is Alice and my favourite colour is dark blue.”',
    ],
    ['What did I just say?', 'Before that you said: “I live in Paris. I am 30 years old.”'],
    ['What did you say?', 'I said: “Noted 12.”'],
    ['multiply that by 2', '12 * 2 = 24.'],
  ])('answers %j', async (question, answer) => {
    expect(await textOf([...told, user(question)])).toBe(answer)
  })

  it('is believed as it was said last', async () => {
    const messages = [
      ...told,
      user('My name is Bob'),
      assistant('Hello Bob'),
      user('what is my name?'),
    ]
    expect(await textOf(messages)).toBe('Your name is Bob.')
  })

  it('is taken from the system message too', async () => {
    expect(await textOf([system("The user's name is Carol."), user('What is my name?')])).toBe(
      'Your name is Carol.',
    )
  })

  it.each([
    ['My name is Alice', 'Nice to meet you, Alice!'],
    ['I am Alice', 'Nice to meet you, Alice!'],
    ['My dog is called Rex', 'Noted: your dog is called Rex.'],
    ['Remember that the code word is banana', 'Noted: your code word is banana.'],
  ])('is acknowledged: %j', async (statement, answer) => {
    expect(await textOf(statement)).toBe(answer)
    expect(
      await textOf([user(statement), assistant('ok'), user('what did I say first?')]),
    ).toContain(statement)
  })

  it('a code word is recalled', async () => {
    const messages = [
      user('Remember the code word is banana'),
      assistant('ok'),
      user('What is the code word?'),
    ]
    expect(await textOf(messages)).toBe('Your code word is banana.')
  })

  it('nothing was said before the first message', async () => {
    expect(await textOf('What did I say first?')).toContain('first thing you have said')
    expect(await textOf('What did you say?')).toContain('not said anything')
  })
})
