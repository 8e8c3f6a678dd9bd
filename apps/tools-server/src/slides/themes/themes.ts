/** The themes that come with the product: data. */
import type { DeckThemeName } from '@tandem/schemas'
import type { TextFamily } from '../fonts/families.ts'

export type Look = 'clear' | 'paper' | 'vivid'

export interface Palette {
  background: string
  /** Cards, code and every other row of a table. */
  surface: string
  ink: string
  muted: string
  accent: string
  rule: string
  /** Behind the title slide and the closing one. */
  cover: string
  /** Behind a section’s slide. */
  section: string
  /** What covers are ornamented with. */
  ornaments: readonly [string, string, string, string]
  chart: readonly string[]
}

export interface ThemeData {
  look: Look
  palette: Palette
  fonts: { heading: TextFamily; body: TextFamily }
}

export const themes: Readonly<Record<DeckThemeName, ThemeData>> = {
  clear: {
    look: 'clear',
    fonts: { heading: 'carlito', body: 'carlito' },
    palette: {
      background: '#FFFFFF',
      surface: '#F1F5FB',
      ink: '#15202F',
      muted: '#556377',
      accent: '#1D5BD8',
      rule: '#D5DEEB',
      cover: '#0F2244',
      section: '#0F2244',
      ornaments: ['#1D5BD8', '#17356B', '#35B5AC', '#F2B35B'],
      chart: [
        '#1D5BD8',
        '#12908A',
        '#D9731A',
        '#7F56D9',
        '#C73E6B',
        '#5E6E85',
        '#2E8B57',
        '#A0660B',
      ],
    },
  },
  'clear-dark': {
    look: 'clear',
    fonts: { heading: 'carlito', body: 'carlito' },
    palette: {
      background: '#0F1826',
      surface: '#1A2740',
      ink: '#F1F5FB',
      muted: '#A6B4C9',
      accent: '#74A5FF',
      rule: '#30415F',
      cover: '#0A1220',
      section: '#16264A',
      ornaments: ['#2C63C9', '#1A2F57', '#2FA39B', '#E0A24C'],
      chart: [
        '#74A5FF',
        '#45CDC2',
        '#F6A94D',
        '#BBA2FF',
        '#F488A8',
        '#9FB0C6',
        '#7FD49B',
        '#E5C46A',
      ],
    },
  },
  paper: {
    look: 'paper',
    fonts: { heading: 'gelasio', body: 'carlito' },
    palette: {
      background: '#FBF8F1',
      surface: '#F2EBDD',
      ink: '#2A241E',
      muted: '#675C50',
      accent: '#9E3B20',
      rule: '#D5C9B5',
      cover: '#FBF8F1',
      section: '#F2EBDD',
      ornaments: ['#9E3B20', '#D5C9B5', '#2F6B6B', '#C28A22'],
      chart: [
        '#9E3B20',
        '#2F6B6B',
        '#B27812',
        '#5B4A8A',
        '#6B7A2C',
        '#85705B',
        '#35557F',
        '#A8527A',
      ],
    },
  },
  'paper-dark': {
    look: 'paper',
    fonts: { heading: 'gelasio', body: 'carlito' },
    palette: {
      background: '#1F1B17',
      surface: '#2C2721',
      ink: '#F5EFE5',
      muted: '#BBAF9F',
      accent: '#EC9A78',
      rule: '#4A4138',
      cover: '#1F1B17',
      section: '#2C2721',
      ornaments: ['#EC9A78', '#4A4138', '#82BFB7', '#E3B55D'],
      chart: [
        '#EC9A78',
        '#82BFB7',
        '#E3B55D',
        '#B8A7E3',
        '#B9C67F',
        '#BCA892',
        '#8FB4DF',
        '#DE9BBD',
      ],
    },
  },
  vivid: {
    look: 'vivid',
    fonts: { heading: 'arimo', body: 'arimo' },
    palette: {
      background: '#FFFFFF',
      surface: '#F5F0FF',
      ink: '#1D1035',
      muted: '#5F5577',
      accent: '#6A26D3',
      rule: '#DDD0F7',
      cover: '#4C1AA6',
      section: '#C21D5B',
      ornaments: ['#7A3CE8', '#F2457F', '#FFC145', '#2BC4B6'],
      chart: [
        '#6A26D3',
        '#D92E6C',
        '#0B8F89',
        '#C97700',
        '#2563EB',
        '#7A6A8F',
        '#4D8B1F',
        '#A6401D',
      ],
    },
  },
  'vivid-dark': {
    look: 'vivid',
    fonts: { heading: 'arimo', body: 'arimo' },
    palette: {
      background: '#160C2E',
      surface: '#251647',
      ink: '#F9F6FF',
      muted: '#C3B6DF',
      accent: '#BB9AFF',
      rule: '#43306F',
      cover: '#210B52',
      section: '#7A1242',
      ornaments: ['#5B2BC4', '#E0407A', '#F2B233', '#25AFA3'],
      chart: [
        '#BB9AFF',
        '#FF86AF',
        '#56D8CB',
        '#FFC65A',
        '#86B7FF',
        '#C9BBD9',
        '#A6DB7B',
        '#FFA27D',
      ],
    },
  },
}
