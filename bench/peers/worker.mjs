// Answers requests of bench/variants, a line of JSON each, with sharp.
//
// usage: node worker.mjs sharp-serial|sharp-clone[-busy]
//
//   sharp-serial  one pipeline after the other, each from the file's bytes: what nestjs-media and
//                 adonis-attachment do
//   sharp-clone   clones of one pipeline, all at once
//   -busy         four of that at once
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import sharp from 'sharp';

const make = (pipeline, { width, height, fit, format, quality, effort }) =>
  pipeline
    .resize({ width, height: height || undefined, fit, withoutEnlargement: true })
    .toFormat(format, format === 'jpeg' ? { quality } : { quality, effort })
    .toBuffer();

const ways = {
  'sharp-serial': async (bytes, variants) => {
    const files = [];
    for (const variant of variants) files.push(await make(sharp(bytes).autoOrient(), variant));
    return files;
  },
  'sharp-clone': (bytes, variants) => {
    const pipeline = sharp(bytes).autoOrient();
    return Promise.all(variants.map((variant) => make(pipeline.clone(), variant)));
  },
};

const busyJobs = 4;

const answer = async (way, jobs, { source, directory, variants }) => {
  const bytes = await readFile(source);
  const start = performance.now();
  const [files] = await Promise.all(Array.from({ length: jobs }, () => way(bytes, variants)));
  const ms = performance.now() - start;
  for (const [index, { name, extension }] of variants.entries()) {
    await writeFile(join(directory, `${name}.${extension}`), files[index]);
  }
  return { ms, bytes: files.reduce((sum, file) => sum + file.length, 0) };
};

const name = process.argv[2];
const way = ways[name.replace(/-busy$/, '')];
const jobs = name.endsWith('-busy') ? busyJobs : 1;
for await (const line of createInterface({ input: process.stdin })) {
  const result = await answer(way, jobs, JSON.parse(line)).catch((error) => ({ failed: error.message }));
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
