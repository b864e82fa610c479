// A media table and an attachment's column through TypeORM, for nestjs-media's library. It stands in
// for nestjs-media's own adapter, which is not published: the same columns, and the store's contract.
import { Attachment } from '@dudousxd/nestjs-media-core';
import { DataSource, EntitySchema, Table } from 'typeorm';

const text = { type: 'varchar' };
const number = { type: 'integer' };
const json = { type: 'simple-json' };
const time = {
  ...text,
  transformer: { to: (date) => date?.toISOString(), from: (stored) => new Date(stored) },
};

const mediaSchema = (tableName) =>
  new EntitySchema({
    name: 'Media',
    tableName,
    columns: {
      id: { ...text, primary: true },
      ownerType: text,
      ownerId: text,
      collection: text,
      name: text,
      fileName: text,
      mimeType: text,
      size: number,
      disk: text,
      path: text,
      order: { ...number, name: 'position' },
      customProperties: json,
      conversions: json,
      createdAt: time,
      updatedAt: time,
    },
  });

const ownerSchema = (tableName) =>
  new EntitySchema({
    name: 'Owner',
    tableName,
    columns: {
      id: { ...number, primary: true },
      doc: {
        ...json,
        nullable: true,
        transformer: { to: (value) => value?.toJSON() ?? null, from: Attachment.fromJSON },
      },
    },
  });

/** What TypeORM needs to reach a database, from SOCI's connect string. */
const optionsOf = (connection) => {
  const [backend, words] = connection.split('://');
  const values = Object.fromEntries(
    [...words.matchAll(/(\w+)=(?:"([^"]*)"|(\S+))/g)].map(([, key, quoted, plain]) => [
      key,
      quoted ?? plain,
    ]),
  );
  if (backend === 'sqlite3') return { type: 'sqljs', location: values.db, autoSave: true };
  return {
    type: 'postgres',
    host: values.host,
    port: Number(values.port),
    username: values.user,
    database: values.dbname,
    parseInt8: true, // Else a size from affix's own tables, a bigint there, would be a text.
  };
};

/** Calls `use` with a data source that has both entities. */
export const withDatabase = async ({ connection, media, owners }, use) => {
  const source = new DataSource({
    ...optionsOf(connection),
    entities: [mediaSchema(media), ownerSchema(owners)],
  });
  await source.initialize();
  try {
    return await use(source);
  } finally {
    await source.destroy();
  }
};

/** Creates the tables that are missing. */
export const createTables = async (source) => {
  const runner = source.createQueryRunner();
  for (const metadata of source.entityMetadatas) {
    await runner.createTable(Table.create(metadata, source.driver), true);
  }
  await runner.release();
};

export class Store {
  constructor(source) {
    this.media = source.getRepository('Media');
  }

  async save(record) {
    await this.media.save(record);
    return record;
  }

  find(id) {
    return this.media.findOneBy({ id });
  }

  listByOwner(ownerType, ownerId, collection) {
    return this.media.find({ where: { ownerType, ownerId, collection }, order: { order: 'ASC' } });
  }

  async delete(id) {
    await this.media.delete({ id });
  }

  async nextOrder(ownerType, ownerId, collection) {
    const last = await this.media.maximum('order', { ownerType, ownerId, collection });
    return last === null ? 0 : last + 1;
  }
}
