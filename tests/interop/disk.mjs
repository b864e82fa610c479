// A directory as a disk of nestjs-media; as much of one as the library needs here.
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export class Directory {
  capabilities = { presign: false, multipart: false, publicUrls: true, list: false };

  constructor(root) {
    this.root = root;
  }

  async put(path, contents) {
    const file = join(this.root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, contents);
  }

  get(path) {
    return readFile(join(this.root, path));
  }

  async size(path) {
    return (await stat(join(this.root, path))).size;
  }

  async delete(path) {
    await rm(join(this.root, path), { force: true });
  }

  async url(path) {
    return `/files/${path}`;
  }
}
