// Copies or bundles the page's libraries out of node_modules and describes them in vendor/manifest.json. Run by eng/vendor-web.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const vendor = join(root, 'src/Recorder.Node/wwwroot/vendor');
const forSpecs = join(root, 'tests/Recorder.Browser.Tests/Vendor');
mkdirSync(vendor, { recursive: true });

await build({
  entryPoints: [join(here, 'lit-exports.js')],
  outfile: join(vendor, 'lit.js'),
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  charset: 'utf8',
  legalComments: 'eof',
  logLevel: 'error',
});
copy('uplot/dist/uPlot.esm.js', vendor, 'uPlot.js');
copy('uplot/dist/uPlot.min.css', vendor, 'uPlot.css');
copy('tinykeys/dist/tinykeys.mjs', vendor, 'tinykeys.js', text => text.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'));
copy('axe-core/axe.min.js', forSpecs, 'axe.min.js');

const packages = [
  describe('lit', { 'lit.js': 'bundled with lit-html, lit-element and @lit/reactive-element' }, ['lit', 'lit-html', 'lit-element', '@lit/reactive-element']),
  describe('uplot', { 'uPlot.js': 'dist/uPlot.esm.js, unchanged', 'uPlot.css': 'dist/uPlot.min.css, unchanged' }),
  describe('tinykeys', { 'tinykeys.js': 'dist/tinykeys.mjs without the reference to its source map' }),
];
// Their licences want their texts to go with the program.
writeFileSync(
  join(vendor, 'licences.txt'),
  packages.flatMap(it => Object.keys(it.contains)).filter(name => !['lit-html', 'lit-element', '@lit/reactive-element'].includes(name))
    .map(name => `${name} ${read(name).version}\n\n${licenceOf(name)}\n`).join('\n'));
writeFileSync(join(vendor, 'manifest.json'), `${JSON.stringify({ packages }, null, 2)}\n`);
console.log(`axe-core ${read('axe-core').version} ${hash(join(forSpecs, 'axe.min.js'))}`);

/** @param {string} from @param {string} folder @param {string} name @param {(text: string) => string} [change] */
function copy(from, folder, name, change) {
  const source = join(here, 'node_modules', from);
  if (change) writeFileSync(join(folder, name), change(readFileSync(source, 'utf8')));
  else copyFileSync(source, join(folder, name));
}

/** @param {string} name @param {Record<string, string>} files @param {string[]} contains */
function describe(name, files, contains = [name]) {
  return {
    name,
    version: read(name).version,
    license: read(name).license,
    contains: Object.fromEntries(contains.map(each => [each, read(each).version])),
    files: Object.entries(files).map(([file, from]) => ({ file, from, sha256: hash(join(vendor, file)) })),
  };
}

/** @param {string} name */
function licenceOf(name) {
  const folder = join(here, 'node_modules', name);
  return readFileSync(join(folder, readdirSync(folder).find(file => /^licen[cs]e/i.test(file)) ?? ''), 'utf8').trim();
}

/** @param {string} name */
function read(name) {
  return JSON.parse(readFileSync(join(here, 'node_modules', name, 'package.json'), 'utf8'));
}

/** @param {string} file */
function hash(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
