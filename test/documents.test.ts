import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { commandLine } from './network/command-line.ts';

// What the documents say about files and commands is looked up: links lead somewhere, paths exist, commands and options are real.
const ROOT = resolve(import.meta.dirname, '..');
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .trim()
  .split('\n');
const documents = files.filter((file) => file.endsWith('.md'));
const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
/** What stands between code fences, and the rest. */
const fences = /^```[a-z]*\n([\s\S]*?)^```$/gm;

/** Names of headings as links write them. */
const anchorsOf = (text: string): string[] =>
  [...text.replace(fences, '').matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

test.each(documents)('%s: every relative link leads to a file, and to a heading of it', (path) => {
  const links = [
    ...textOf(path)
      .replace(fences, '')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ].map(([, target]) => target!);
  const dead = links.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [file, anchor] = target.split('#') as [string, string?];
    const found = file === '' ? join(ROOT, path) : join(ROOT, dirname(path), file);
    return !existsSync(found) || (anchor !== undefined && !anchorsOf(readFileSync(found, 'utf8')).includes(anchor));
  });
  expect(dead).toEqual([]);
});

test.each(documents)('%s: every path in code style is a file in its folder, or from the root', (path) => {
  const named = [
    ...textOf(path)
      .replace(fences, '')
      .matchAll(/`([\w.-]+(?:\/[\w.-]+)+\.(?:ts|mjs|md|json|sol))`/g),
  ];
  const folder = path.includes('/') ? `${dirname(path)}/` : '';
  const isThere = (name: string): boolean =>
    existsSync(join(ROOT, name)) || files.some((file) => file.startsWith(folder) && `/${file}`.endsWith(`/${name}`));
  expect(named.map(([, name]) => name!).filter((name) => !isThere(name))).toEqual([]);
});

test('every command in the guides and in README.md is one, with options that it has', async () => {
  const encryptech = commandLine(ROOT);
  const helps = new Map<string, Promise<string>>();
  const helpOf = (words: string[]): Promise<string> => {
    const key = words.join(' ');
    const known = helps.get(key) ?? encryptech(...words, '--help').then(({ out, err }) => out + err);
    helps.set(key, known);
    return known;
  };
  const guides = documents.filter((path) => path.startsWith('docs/') || !path.includes('/'));
  let seen = 0;
  const wrong: string[] = [];
  for (const path of guides) {
    const text = textOf(path).replaceAll(/\\\n\s*/g, '');
    const fenced = [...text.matchAll(fences)].flatMap(([, lines]) => lines!.split('\n'));
    const inline = [...text.replace(fences, '').matchAll(/`(encryptech [^`]+)`/gs)].map(([, line]) => line!);
    for (const line of [...fenced, ...inline]) {
      const [, call] = /^(?:npx )?encryptech ([a-z][^#>]*)/s.exec(line) ?? [];
      if (call === undefined) continue;
      seen += 1;
      const words = call.trim().split(/\s+/);
      let command: string[] = [];
      for (const word of words) {
        const usage = /^Usage: encryptech ?(.*)$/m.exec(await helpOf([...command, word]))?.[1] ?? '';
        if (!/^[a-z-]+$/.test(word) || !usage.startsWith([...command, word].join(' '))) break;
        command = [...command, word];
      }
      const help = await helpOf(command);
      const options = words.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0]!);
      const isWhole = command.length > 0 && !/^Commands:/m.test(help);
      const unknown = options.filter((option) => !new RegExp(`${option}[ ,]`).test(help));
      // A group that is named as a whole (`encryptech vouchers`) has no options.
      if (unknown.length > 0 || (!isWhole && words.length > command.length)) wrong.push(`${path}: ${line}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(seen).toBeGreaterThan(60);
});
