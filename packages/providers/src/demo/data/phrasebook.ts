/** A few phrases in a few languages, in the order of `languages`. */
export const languages = ['french', 'spanish', 'german', 'italian', 'portuguese'] as const

export const phrasebook: ReadonlyMap<string, readonly string[]> = new Map([
  ['hello', ['bonjour', 'hola', 'hallo', 'ciao', 'olá']],
  ['hi', ['salut', 'hola', 'hallo', 'ciao', 'oi']],
  ['hello world', ['bonjour le monde', 'hola mundo', 'hallo Welt', 'ciao mondo', 'olá mundo']],
  ['goodbye', ['au revoir', 'adiós', 'auf Wiedersehen', 'arrivederci', 'adeus']],
  ['good morning', ['bonjour', 'buenos días', 'guten Morgen', 'buongiorno', 'bom dia']],
  ['good evening', ['bonsoir', 'buenas tardes', 'guten Abend', 'buonasera', 'boa noite']],
  ['good night', ['bonne nuit', 'buenas noches', 'gute Nacht', 'buonanotte', 'boa noite']],
  ['thank you', ['merci', 'gracias', 'danke', 'grazie', 'obrigado']],
  ['thanks', ['merci', 'gracias', 'danke', 'grazie', 'obrigado']],
  ['please', ["s'il vous plaît", 'por favor', 'bitte', 'per favore', 'por favor']],
  ['yes', ['oui', 'sí', 'ja', 'sì', 'sim']],
  ['no', ['non', 'no', 'nein', 'no', 'não']],
  ['how are you', ['comment allez-vous ?', '¿cómo estás?', 'wie geht es dir?', 'come stai?', 'como está?']],
  ['i love you', ["je t'aime", 'te quiero', 'ich liebe dich', 'ti amo', 'eu te amo']],
  ['cat', ['chat', 'gato', 'Katze', 'gatto', 'gato']],
  ['dog', ['chien', 'perro', 'Hund', 'cane', 'cão']],
  ['water', ['eau', 'agua', 'Wasser', 'acqua', 'água']],
  ['friend', ['ami', 'amigo', 'Freund', 'amico', 'amigo']],
])
