/** Documents that the tests of collections put in, and find again. */

export const handbook = [
  '# Handbook',
  '',
  '## Leave',
  '',
  'Employees get 27 days of paid vacation a year. Unused days lapse at the end of March.',
  '',
  '## Travel',
  '',
  'Trains are booked in second class. A hotel may cost at most 140 euros a night.',
  '',
].join('\n')

export const manual = [
  '# Coffee machine',
  '',
  '## Descaling',
  '',
  'Run the descaling programme with citric acid every two months.',
  '',
].join('\n')

/** Of so many sections, each with a word of its own. */
export function longText(sections: number): string {
  return Array.from(
    { length: sections },
    (_, at) => `## Section ${at}\n\nThis part is about topic${at} and nothing else.\n`,
  ).join('\n')
}
