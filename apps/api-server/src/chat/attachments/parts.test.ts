import { describe, expect, it } from '@jest/globals'
import type { Message } from '@tandem/schemas'
import { findParts, replaceParts } from './parts.ts'
import { putBlock } from './put-block.ts'

const wanted = { fileData: true, images: true }
const text = { type: 'text', text: 'Hi' }
const pixel = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }
const data = { type: 'file', file: { file_data: 'data:application/pdf;base64,eA==' } }
const named = { type: 'file', file: { file_id: 'file-1' } }

function user(...content: object[]): Message {
  return { role: 'user', content: content as never }
}

describe('parts that are files', () => {
  it('are found in reading order, where they stand', () => {
    const messages: Message[] = [
      { role: 'system', content: 'x' },
      user(text, named),
      user(pixel, data),
    ]
    expect(findParts(messages, wanted)).toEqual([
      { message: 1, part: 1, file: { id: 'file-1' }, stays: false },
      { message: 2, part: 0, file: { name: 'image-2.png', bytes: Buffer.alloc(3) }, stays: true },
      {
        message: 2,
        part: 1,
        file: { name: 'attachment.pdf', bytes: Buffer.from('x') },
        stays: false,
      },
    ])
  })

  it('are those that the model does not read by itself', () => {
    const messages = [user(pixel, data, named)]
    const found = findParts(messages, { fileData: false, images: false })
    expect(found.map(({ part }) => part)).toEqual([2])
  })

  it('are no pictures that lie elsewhere', () => {
    const url = 'https://example.com/a.png'
    const messages = [
      user({ type: 'image_url', image_url: { url } }, { type: 'image_url', image_url: url }),
      user(
        { type: 'image_url' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,' } },
      ),
    ]
    expect(findParts(messages, wanted)).toEqual([])
  })

  it('become text; all other messages stay what they are', () => {
    const messages = [user(text), user(text, named)]
    const replaced = replaceParts(messages, [{ message: 1, part: 1, text: '[a]' }])
    expect(replaced[0]).toBe(messages[0])
    expect(replaced[1]).toEqual(user(text, { type: 'text', text: '[a]' }))
    expect(messages[1]).toEqual(user(text, named))
  })
})

describe('the block', () => {
  it.each<[string, Message[], unknown]>([
    ['a text', [{ role: 'user', content: 'Hi' }], 'B\n\nHi'],
    ['nothing', [{ role: 'user', content: null }], 'B'],
    ['parts', [user(text)], [{ type: 'text', text: 'B' }, text]],
  ])('comes before %s', (_name, messages, content) => {
    expect(putBlock(messages, 'B')).toEqual([{ role: 'user', content }])
  })

  it('comes before what the user says first, and last where nobody said anything', () => {
    const system: Message = { role: 'system', content: 's' }
    const said: Message[] = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'user', content: 'c' },
    ]
    const [first, second, ...rest] = putBlock([system, ...said], 'B')
    expect([first, second]).toEqual([system, { role: 'user', content: 'B\n\na' }])
    expect(rest).toEqual(said.slice(1))
    expect(putBlock([system], 'B')).toEqual([system, { role: 'user', content: 'B' }])
  })
})
