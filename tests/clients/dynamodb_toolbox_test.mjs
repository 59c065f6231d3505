// dynamodb-toolbox runs a small task list: two entities in one table, an index, typed updates,
// batches and transactions.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {CreateTableCommand, DynamoDBClient} from '@aws-sdk/client-dynamodb';
import {DynamoDBDocumentClient} from '@aws-sdk/lib-dynamodb';
import {
  $add, $append, $delete, $remove, $sum, BatchDeleteRequest, BatchGetCommand, BatchGetRequest, BatchPutRequest,
  BatchWriteCommand, ConditionCheck, DeleteItemCommand, DeletePartitionCommand, Entity, GetItemCommand, GetTransaction,
  PutItemCommand, PutTransaction, QueryCommand, ScanCommand, Table, UpdateItemCommand, UpdateTransaction, boolean,
  executeBatchGet, executeBatchWrite, executeTransactGet, executeTransactWrite, isTransactionCancelled, item, list, map,
  number, prefix, set, string,
} from 'dynamodb-toolbox';
import {credentials, startServer} from './server.mjs';

let server;
let client;
let tasks;
let Task;
let Person;

before(async () => {
  server = await startServer('--in-memory');
  client = new DynamoDBClient({endpoint: server.endpoint, region: 'ap-south-1', credentials, maxAttempts: 1});
  await client.send(new CreateTableCommand({
    TableName: 'Tasks',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      {AttributeName: 'pk', AttributeType: 'S'}, {AttributeName: 'sk', AttributeType: 'S'},
      {AttributeName: 'owner', AttributeType: 'S'}, {AttributeName: 'rank', AttributeType: 'N'},
    ],
    KeySchema: [{AttributeName: 'pk', KeyType: 'HASH'}, {AttributeName: 'sk', KeyType: 'RANGE'}],
    GlobalSecondaryIndexes: [{
      IndexName: 'byOwner',
      KeySchema: [{AttributeName: 'owner', KeyType: 'HASH'}, {AttributeName: 'rank', KeyType: 'RANGE'}],
      Projection: {ProjectionType: 'ALL'},
    }],
  }));
  tasks = new Table({
    name: 'Tasks',
    documentClient: DynamoDBDocumentClient.from(client),
    partitionKey: {name: 'pk', type: 'string'},
    sortKey: {name: 'sk', type: 'string'},
    indexes: {byOwner: {type: 'global', partitionKey: {name: 'owner', type: 'string'}, sortKey: {name: 'rank', type: 'number'}}},
  });
  Task = new Entity({
    name: 'Task',
    table: tasks,
    timestamps: false,
    schema: item({
      project: string().key().savedAs('pk').transform(prefix('project')),
      id: string().key().savedAs('sk').transform(prefix('task')),
      owner: string().optional(),
      rank: number().default(1),
      done: boolean().default(false),
      labels: set(string()).optional(),
      history: list(string()).optional(),
      size: map({hours: number(), unit: string().enum('small', 'big').optional()}).optional(),
    }),
  });
  Person = new Entity({
    name: 'Person',
    table: tasks,
    timestamps: false,
    schema: item({
      name: string().key().savedAs('pk').transform(prefix('person')),
      kind: string().key().savedAs('sk').default('profile'),
      open: number().default(0),
    }),
  });
});

after(async () => {
  client.destroy();
  await server.stop();
});

const put = (task) => Task.build(PutItemCommand).item(task);
const get = (key) => Task.build(GetItemCommand).key(key).send();
const isRefused = {name: 'ConditionalCheckFailedException'};

describe('a task', () => {
  const key = {project: 'bridge', id: '1'};

  test('is put with defaults, under transformed keys, and only once if asked', async () => {
    await put({...key, owner: 'ada', size: {hours: 2.5}}).send();
    assert.deepEqual((await get(key)).Item, {...key, owner: 'ada', rank: 1, done: false, size: {hours: 2.5}});
    await assert.rejects(put(key).options({condition: {attr: 'id', exists: false}}).send(), isRefused);
    assert.equal((await get({project: 'bridge', id: 'none'})).Item, undefined);
  });

  test('is updated by every kind of update', async () => {
    const update = (changes, options = {}) => Task.build(UpdateItemCommand).item({...key, ...changes}).options({returnValues: 'ALL_NEW', ...options}).send();
    const first = await update({rank: $add(4), labels: $add(new Set(['steel', 'urgent'])), history: $append(['drawn']), size: {unit: 'big'}});
    assert.deepEqual(first.Attributes, {...key, owner: 'ada', rank: 5, done: false, labels: new Set(['steel', 'urgent']), history: ['drawn'], size: {hours: 2.5, unit: 'big'}});
    const second = await update({rank: $sum(10, 5), labels: $delete(new Set(['urgent'])), history: $append(['built', 'painted']), size: {unit: $remove()}, owner: $remove()});
    assert.deepEqual(second.Attributes, {...key, rank: 15, done: false, labels: new Set(['steel']), history: ['drawn', 'built', 'painted'], size: {hours: 2.5}});
    await assert.rejects(update({done: true}, {condition: {and: [{attr: 'rank', gt: 15}, {attr: 'done', eq: false}]}}), isRefused);
    const {Attributes} = await update({done: true}, {condition: {or: [{attr: 'rank', between: [14, 16]}, {attr: 'labels', contains: 'wood'}]}});
    assert.equal(Attributes.done, true);
  });

  test('is deleted and returned', async () => {
    const {Attributes} = await Task.build(DeleteItemCommand).key(key).options({returnValues: 'ALL_OLD', condition: {attr: 'done', eq: true}}).send();
    assert.equal(Attributes.rank, 15);
    assert.equal((await get(key)).Item, undefined);
  });
});

describe('many tasks', () => {
  const ids = Array.from({length: 24}, (_, i) => String(i).padStart(2, '0'));

  before(async () => {
    await executeBatchWrite(tasks.build(BatchWriteCommand).requests(
      ...ids.map((id, i) => Task.build(BatchPutRequest).item({project: 'tower', id, owner: i % 2 ? 'ada' : 'bob', rank: i}))));
  });

  test('are queried by range, through the index, with filters', async () => {
    const within = await tasks.build(QueryCommand).entities(Task).query({partition: 'project#tower', range: {between: ['task#05', 'task#08']}}).send();
    assert.deepEqual(within.Items.map(({id}) => id), ['05', '06', '07', '08']);
    const adas = await tasks.build(QueryCommand).entities(Task).query({index: 'byOwner', partition: 'ada', range: {gte: 15}}).options({reverse: true}).send();
    assert.deepEqual(adas.Items.map(({rank}) => rank), [23, 21, 19, 17, 15]);
    const filtered = await tasks.build(QueryCommand).entities(Task).query({partition: 'project#tower', range: {beginsWith: 'task#1'}})
      .options({filters: {Task: {attr: 'owner', eq: 'bob'}}, attributes: ['id']}).send();
    assert.deepEqual(filtered.Items, ['10', '12', '14', '16', '18'].map((id) => ({id})));
  });

  test('come in pages, and all together', async () => {
    const query = tasks.build(QueryCommand).entities(Task).query({partition: 'project#tower'});
    const first = await query.options({limit: 10}).send();
    assert.equal(first.Items.length, 10);
    const second = await query.options({limit: 10, exclusiveStartKey: first.LastEvaluatedKey}).send();
    assert.equal(second.Items[0].id, '10');
    const all = await query.options({limit: 10, maxPages: Infinity}).send();
    assert.deepEqual(all.Items.map(({id}) => id), ids);
    const counted = await tasks.build(ScanCommand).entities(Task).options({select: 'COUNT', maxPages: Infinity}).send();
    assert.equal(counted.Count, ids.length);
    const parts = await Promise.all([0, 1, 2].map((segment) => tasks.build(ScanCommand).entities(Task).options({segment, totalSegments: 3}).send()));
    assert.equal(parts.reduce((sum, {Items}) => sum + Items.length, 0), ids.length);
  });

  test('are got and deleted in batches', async () => {
    const request = (id) => Task.build(BatchGetRequest).key({project: 'tower', id});
    const {Responses} = await executeBatchGet(tasks.build(BatchGetCommand).requests(request('03'), request('none'), request('01')));
    assert.deepEqual(Responses[0].map((task) => task?.rank), [3, undefined, 1]);
    await executeBatchWrite(tasks.build(BatchWriteCommand).requests(...['03', '01'].map((id) => Task.build(BatchDeleteRequest).key({project: 'tower', id}))));
    assert.equal((await get({project: 'tower', id: '03'})).Item, undefined);
    await tasks.build(DeletePartitionCommand).entities(Task).query({partition: 'project#tower'}).send();
    assert.equal((await tasks.build(QueryCommand).entities(Task).query({partition: 'project#tower'}).send()).Count, 0);
  });
});

describe('transactions', () => {
  before(async () => {
    await Person.build(PutItemCommand).item({name: 'eve'}).send();
  });

  const take = (id) => [
    Task.build(PutTransaction).item({project: 'dam', id, owner: 'eve'}).options({condition: {attr: 'id', exists: false}}),
    Person.build(UpdateTransaction).item({name: 'eve', open: $add(1)}),
    Person.build(ConditionCheck).key({name: 'nobody'}).condition({attr: 'name', exists: false}),
  ];

  test('write everything or nothing and name the reason', async () => {
    await executeTransactWrite(...take('1'));
    await assert.rejects(executeTransactWrite(...take('1')), (error) => {
      assert.ok(isTransactionCancelled(error));
      assert.deepEqual(error.CancellationReasons.map(({Code}) => Code), ['ConditionalCheckFailed', 'None', 'None']);
      return true;
    });
    const {Responses} = await executeTransactGet(
      Person.build(GetTransaction).key({name: 'eve'}), Task.build(GetTransaction).key({project: 'dam', id: '1'}), Task.build(GetTransaction).key({project: 'dam', id: '2'}));
    assert.deepEqual(Responses.map(({Item}) => Item?.open ?? Item?.owner), [1, 'eve', undefined]);
  });

  test('with a token happen once', async () => {
    for (let i = 0; i < 3; ++i) await executeTransactWrite({clientRequestToken: 'the-same'}, ...take('2'));
    assert.equal((await Person.build(GetItemCommand).key({name: 'eve'}).send()).Item.open, 2);
  });
});
