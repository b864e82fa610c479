// Reads or writes an attachment in a column and the records of a gallery with nestjs-media, and
// prints what it has read or written, as JSON. `change` gives the attachment and the first record
// other facts, and prints what it reads then.
//
// usage: node exchange.mjs read|write|change REQUEST
//
//   REQUEST  the file of a JSON object: connection (SOCI's), media and owners (tables), root (of the
//            disk `local`), owner (of the gallery: type and id), row (of the column); for write,
//            which creates the tables that are missing: texts (of the gallery's new files)
import { Attachment, AttachmentManager, MediaLibrary, StorageManager } from '@dudousxd/nestjs-media-core';
import { readFile } from 'node:fs/promises';
import { Directory } from './disk.mjs';
import { Store, createTables, withDatabase } from './store.mjs';

const upper = {
  convert: async (input, { format }) => ({
    data: Buffer.from(input.toString().toUpperCase()),
    format,
    contentType: 'image/webp',
  }),
};
const thumb = { name: 'thumb', format: 'webp' };

const tools = (source, root) => {
  const storage = new StorageManager({ default: 'local', disks: { local: new Directory(root) } });
  return {
    storage,
    attachments: new AttachmentManager({ storage, imageProcessor: upper }),
    library: new MediaLibrary({
      storage,
      store: new Store(source),
      collections: [{ name: 'gallery', conversions: [{ ...thumb, eager: true }] }],
      imageProcessor: upper,
    }),
  };
};

const described = async ({ storage }, stored) => ({
  stored,
  text: (await storage.disk(stored.disk).get(stored.path)).toString(),
});

const read = async (source, { root, owner, row }) => {
  const used = tools(source, root);
  const { doc } = await source.getRepository('Owner').findOneByOrFail({ id: row });
  if (!(doc instanceof Attachment)) throw new Error('the column has no attachment');
  const records = await used.library.for(owner.type, owner.id).list('gallery');
  return {
    column: await described(used, doc),
    thumb: await used.attachments.url(doc, 'thumb'),
    gallery: await Promise.all(records.map((record) => described(used, record))),
  };
};

const write = async (source, { root, owner, row, texts }) => {
  await createTables(source);
  const used = tools(source, root);
  const doc = await used.attachments.createFromFile(
    { fileName: 'photo.txt', mimeType: 'text/plain', contents: Buffer.from(`the column, ${texts}`) },
    { variants: [thumb], name: 'Ein schönes Foto', meta: { alt: { en: 'A photo' } } },
  );
  await source.getRepository('Owner').save({ id: row, doc });
  const gallery = used.library.for(owner.type, owner.id);
  const records = [];
  for (const text of texts) {
    records.push(await gallery.attach({
      collection: 'gallery',
      fileName: `${text}.txt`,
      mimeType: 'text/plain',
      contents: Buffer.from(text),
      customProperties: { alt: { en: `A ${text}` } },
    }));
  }
  return {
    column: await described(used, doc),
    gallery: await Promise.all(records.map((record) => described(used, record))),
  };
};

const change = async (source, request) => {
  const owners = source.getRepository('Owner');
  const { doc } = await owners.findOneByOrFail({ id: request.row });
  const changed = new Attachment({ ...doc.toJSON(), meta: { alt: 'changed' } });
  await owners.save({ id: request.row, doc: changed });
  const store = new Store(source);
  const [record] = await store.listByOwner(request.owner.type, request.owner.id, 'gallery');
  await store.save({ ...record, customProperties: { alt: 'changed' } });
  return read(source, request);
};

const [step, file] = process.argv.slice(2);
const request = JSON.parse(await readFile(file, 'utf8'));
const answer = await withDatabase(request, (source) => ({ read, write, change })[step](source, request));
console.log(JSON.stringify(answer));
