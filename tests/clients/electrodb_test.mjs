// ElectroDB runs a small lending library: three kinds of items in one table, found through two
// shared indexes, changed with conditions and in transactions.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {CreateTableCommand, DynamoDBClient, waitUntilTableExists} from '@aws-sdk/client-dynamodb';
import {Entity, Service} from 'electrodb';
import {credentials, startServer} from './server.mjs';

const table = 'Library';
let server;
let client;
let library;

const text = (AttributeName) => ({AttributeName, AttributeType: 'S'});
const keys = (partition, sort) => [{AttributeName: partition, KeyType: 'HASH'}, {AttributeName: sort, KeyType: 'RANGE'}];
const index = (name) => ({IndexName: name, KeySchema: keys(`${name}pk`, `${name}sk`), Projection: {ProjectionType: 'ALL'}});

function makeLibrary(options) {
  const model = (entity) => ({entity, version: '1', service: 'library'});
  const book = new Entity({
    model: model('book'),
    attributes: {
      bookId: {type: 'string', required: true},
      title: {type: 'string', required: true},
      writer: {type: 'string', required: true},
      copies: {type: 'number', default: 1},
      lent: {type: 'number', default: 0},
      subjects: {type: 'set', items: 'string'},
      notes: {type: 'list', items: {type: 'string'}},
      place: {type: 'map', properties: {floor: {type: 'number'}, shelf: {type: 'string'}}},
      reference: {type: 'boolean'},
    },
    indexes: {
      book: {pk: {field: 'pk', composite: ['bookId']}, sk: {field: 'sk', composite: []}},
      byWriter: {index: 'gsi1', pk: {field: 'gsi1pk', composite: ['writer']}, sk: {field: 'gsi1sk', composite: ['title']}},
    },
  }, options);
  const member = new Entity({
    model: model('member'),
    attributes: {
      memberId: {type: 'string', required: true},
      name: {type: 'string', required: true},
      loans: {type: 'number', default: 0},
      createdAt: {type: 'number', default: () => 1000, readOnly: true},
    },
    indexes: {
      member: {pk: {field: 'pk', composite: ['memberId']}, sk: {field: 'sk', composite: []}},
      desk: {collection: 'desk', index: 'gsi2', pk: {field: 'gsi2pk', composite: ['memberId']}, sk: {field: 'gsi2sk', composite: []}},
    },
  }, options);
  const loan = new Entity({
    model: model('loan'),
    attributes: {
      memberId: {type: 'string', required: true},
      bookId: {type: 'string', required: true},
      due: {type: 'string', required: true},
      state: {type: ['out', 'back'], default: 'out'},
    },
    indexes: {
      loan: {pk: {field: 'pk', composite: ['bookId']}, sk: {field: 'sk', composite: ['memberId']}},
      desk: {collection: 'desk', index: 'gsi2', pk: {field: 'gsi2pk', composite: ['memberId']}, sk: {field: 'gsi2sk', composite: ['due']}},
    },
  }, options);
  return new Service({book, member, loan}, options);
}

before(async () => {
  server = await startServer('--in-memory');
  client = new DynamoDBClient({endpoint: server.endpoint, region: 'eu-north-1', credentials, maxAttempts: 1});
  await client.send(new CreateTableCommand({
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk', 'gsi1pk', 'gsi1sk', 'gsi2pk', 'gsi2sk'].map(text),
    KeySchema: keys('pk', 'sk'),
    GlobalSecondaryIndexes: [index('gsi1'), index('gsi2')],
  }));
  await waitUntilTableExists({client, minDelay: 1, maxWaitTime: 10}, {TableName: table});
  library = makeLibrary({client, table});
});

after(async () => {
  client.destroy();
  await server.stop();
});

describe('one book', () => {
  const key = {bookId: 'b-1'};
  const given = {...key, title: 'Hunger', writer: 'Hamsun', subjects: ['novel', 'oslo'], notes: ['first'], place: {floor: 2, shelf: 'H'}};

  test('is created once and read back', async () => {
    const {book} = library.entities;
    await book.create(given).go();
    const {data} = await book.get(key).go();
    assert.deepEqual({...data, subjects: [...data.subjects].sort()}, {...given, copies: 1, lent: 0});
    await assert.rejects(book.create(given).go(), (error) => error.cause?.name === 'ConditionalCheckFailedException');
    assert.equal((await book.get({bookId: 'none'}).go()).data, null);
  });

  test('is updated in every way an update can say', async () => {
    const {book} = library.entities;
    const {data} = await book.patch(key).set({reference: true, 'place.shelf': 'K'}).add({copies: 2, subjects: ['1890']})
      .append({notes: ['second']}).subtract({lent: 1})
      .data((attributes, {set}) => set(attributes.place.floor, 3)).go({response: 'all_new'});
    assert.deepEqual({...data, subjects: [...data.subjects].sort()},
      {...given, copies: 3, lent: -1, reference: true, notes: ['first', 'second'], place: {floor: 3, shelf: 'K'}, subjects: ['1890', 'novel', 'oslo']});
    const removed = await book.update(key).delete({subjects: ['oslo', '1890']}).remove(['reference']).set({lent: 0}).go({response: 'updated_new'});
    assert.deepEqual(removed.data, {...key, subjects: ['novel'], lent: 0});
    await assert.rejects(book.patch({bookId: 'none'}).set({copies: 1}).go(), (error) => error.cause?.name === 'ConditionalCheckFailedException');
  });

  test('is changed only while a condition holds', async () => {
    const {book} = library.entities;
    const lend = () => book.patch(key).add({lent: 1})
      .where(({lent, copies, reference}, {lt, notExists, gte}) => `${lt(lent, 2)} AND ${gte(copies, 1)} AND ${notExists(reference)}`).go();
    await lend();
    await lend();
    await assert.rejects(lend(), (error) => error.cause?.name === 'ConditionalCheckFailedException');
    assert.equal((await book.get(key).go({attributes: ['lent']})).data.lent, 2);
  });

  test('is upserted and deleted', async () => {
    const {book} = library.entities;
    await book.upsert({bookId: 'b-2', title: 'Pan', writer: 'Hamsun'}).go();
    await book.upsert({bookId: 'b-2', title: 'Pan', writer: 'Hamsun', copies: 4}).go();
    assert.equal((await book.get({bookId: 'b-2'}).go()).data.copies, 4);
    const {data} = await book.delete({bookId: 'b-2'}).go({response: 'all_old'});
    assert.equal(data.title, 'Pan');
    await assert.rejects(book.remove({bookId: 'b-2'}).go(), (error) => error.cause?.name === 'ConditionalCheckFailedException');
  });
});

describe('many books', () => {
  const titles = Array.from({length: 40}, (_, i) => `Volume ${String(i).padStart(2, '0')}`);

  before(async () => {
    const {unprocessed} = await library.entities.book.put(titles.map((title, i) => ({bookId: `v-${i}`, title, writer: 'Undset', copies: i % 4}))).go();
    assert.deepEqual(unprocessed, []);
  });

  const byWriter = () => library.entities.book.query.byWriter({writer: 'Undset'});

  test('are found by writer, between titles, both ways', async () => {
    const {book} = library.entities;
    assert.deepEqual((await byWriter().go({pages: 'all'})).data.map(({title}) => title), titles);
    assert.deepEqual((await book.query.byWriter({writer: 'Undset', title: 'Volume 3'}).go()).data.length, 0);
    assert.deepEqual((await byWriter().begins({title: 'Volume 3'}).go()).data.length, 10);
    assert.deepEqual((await byWriter().between({title: 'Volume 05'}, {title: 'Volume 07'}).go({order: 'desc'})).data.map(({bookId}) => bookId), ['v-7', 'v-6', 'v-5']);
    assert.equal((await byWriter().gt({title: 'Volume 35'}).where(({copies}, {eq}) => eq(copies, 0)).go()).data.length, 1);
  });

  test('come in pages with a cursor', async () => {
    const seen = [];
    let cursor = null;
    let pages = 0;
    do {
      const page = await byWriter().go({limit: 15, cursor});
      seen.push(...page.data.map(({title}) => title));
      ({cursor} = page);
      ++pages;
    } while (cursor);
    assert.deepEqual(seen, titles);
    assert.equal(pages, 3);
    assert.equal((await byWriter().go({count: 7})).data.length, 7);
  });

  test('are read in batches and scanned', async () => {
    const {book} = library.entities;
    const wanted = [3, 39, 0].map((i) => ({bookId: `v-${i}`}));
    const got = await book.get([...wanted, {bookId: 'none'}]).go({preserveBatchOrder: true});
    assert.deepEqual(got.data.map((found) => found?.bookId ?? null), ['v-3', 'v-39', 'v-0', null]);
    assert.deepEqual(got.unprocessed, []);
    const scanned = await book.scan.where(({writer, copies}, {eq, gt}) => `${eq(writer, 'Undset')} AND ${gt(copies, 2)}`).go({pages: 'all'});
    assert.equal(scanned.data.length, 10);
  });
});

describe('lending', () => {
  before(async () => {
    const {book, member} = library.entities;
    await book.create({bookId: 'l-1', title: 'Niels Lyhne', writer: 'Jacobsen'}).go();
    await book.create({bookId: 'l-2', title: 'Marie Grubbe', writer: 'Jacobsen', copies: 2}).go();
    await member.create({memberId: 'm-1', name: 'Inger'}).go();
    await member.create({memberId: 'm-2', name: 'Knut'}).go();
  });

  const lend = (memberId, bookId, due, token) => library.transaction.write(({book, member, loan}) => [
    book.patch({bookId}).add({lent: 1}).where(({lent, copies}, {lt}) => lt(lent, 1)).commit({response: 'all_old'}),
    member.patch({memberId}).add({loans: 1}).commit(),
    loan.create({memberId, bookId, due}).commit({response: 'all_old'}),
  ]).go(token ? {token} : {});

  test('takes the book, the member and the loan together, or none', async () => {
    assert.equal((await lend('m-1', 'l-1', '2026-12-01')).canceled, false);
    const refused = await lend('m-2', 'l-1', '2026-12-02');
    assert.equal(refused.canceled, true);
    assert.deepEqual(refused.data.map(({code, rejected}) => [code, rejected]), [['ConditionalCheckFailed', true], ['None', false], ['None', false]]);
    assert.equal(refused.data[0].item.title, 'Niels Lyhne');
    const {data} = await library.transaction.get(({book, member, loan}) => [
      book.get({bookId: 'l-1'}).commit(),
      member.get({memberId: 'm-2'}).commit(),
      loan.get({memberId: 'm-2', bookId: 'l-1'}).commit(),
    ]).go();
    assert.deepEqual(data.map(({item}) => item && (item.lent ?? item.loans)), [1, 0, null]);
  });

  test('repeats nothing when the same request comes again', async () => {
    for (let i = 0; i < 2; ++i) assert.equal((await lend('m-1', 'l-2', '2026-12-03', 'once-only')).canceled, false);
    assert.equal((await library.entities.member.get({memberId: 'm-1'}).go()).data.loans, 2);
  });

  test('shows what a member has at the desk in one query', async () => {
    const {data} = await library.collections.desk({memberId: 'm-1'}).go();
    assert.deepEqual(data.member.map(({name}) => name), ['Inger']);
    assert.deepEqual(data.loan.map(({bookId, due}) => [bookId, due]), [['l-1', '2026-12-01'], ['l-2', '2026-12-03']]);
    const {data: soon} = await library.entities.loan.query.desk({memberId: 'm-1'}).lte({due: '2026-12-02'}).go();
    assert.deepEqual(soon.map(({bookId}) => bookId), ['l-1']);
  });
});
