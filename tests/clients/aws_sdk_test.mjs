// The AWS SDK for JavaScript does the work: client-dynamodb and lib-dynamodb.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as lib from '@aws-sdk/lib-dynamodb';
import {credentials, startServer} from './server.mjs';

const {
  BatchGetItemCommand, ConditionalCheckFailedException, CreateTableCommand, DeleteItemCommand, DeleteTableCommand,
  DescribeTableCommand, DynamoDBClient, DynamoDBServiceException, GetItemCommand, ListTablesCommand, PutItemCommand,
  QueryCommand, ResourceInUseException, ResourceNotFoundException, ScanCommand, UpdateItemCommand,
  paginateListTables, paginateQuery, paginateScan, waitUntilTableExists, waitUntilTableNotExists,
} = dynamodb;

let server;
let client;
let documents;

before(async () => {
  server = await startServer('--in-memory');
  client = new DynamoDBClient({endpoint: server.endpoint, region: 'us-east-1', credentials, maxAttempts: 1});
  documents = lib.DynamoDBDocumentClient.from(client, {marshallOptions: {removeUndefinedValues: true}});
  await client.send(new CreateTableCommand({
    TableName: 'Music', BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      {AttributeName: 'Artist', AttributeType: 'S'}, {AttributeName: 'Song', AttributeType: 'S'},
      {AttributeName: 'Year', AttributeType: 'N'}, {AttributeName: 'Genre', AttributeType: 'S'}],
    KeySchema: [{AttributeName: 'Artist', KeyType: 'HASH'}, {AttributeName: 'Song', KeyType: 'RANGE'}],
    LocalSecondaryIndexes: [{
      IndexName: 'ByYear', KeySchema: [{AttributeName: 'Artist', KeyType: 'HASH'}, {AttributeName: 'Year', KeyType: 'RANGE'}],
      Projection: {ProjectionType: 'KEYS_ONLY'}}],
    GlobalSecondaryIndexes: [{
      IndexName: 'OfGenre', KeySchema: [{AttributeName: 'Genre', KeyType: 'HASH'}, {AttributeName: 'Year', KeyType: 'RANGE'}],
      Projection: {ProjectionType: 'INCLUDE', NonKeyAttributes: ['Seconds']}}],
  }));
  await waitUntilTableExists({client, maxWaitTime: 10, minDelay: 1}, {TableName: 'Music'});
});

after(async () => {
  client.destroy();
  await server.stop();
});

// The error must be of that class, name and message.
async function refused(promise, type, name, message) {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof type, `${error.name}: ${error.message}`);
    assert.equal(error.name, name);
    assert.equal(error.message, message);
    assert.equal(error.$metadata.httpStatusCode, 400);
    assert.equal(error.$metadata.requestId.length, 52);
    return true;
  });
}

async function collected(pages, member = 'Items') {
  const all = [];
  let count = 0;
  for await (const page of pages) {
    all.push(...page[member]);
    ++count;
  }
  return {all, count};
}

describe('tables', () => {
  test('are described as the service does', async () => {
    const {Table: table} = await client.send(new DescribeTableCommand({TableName: 'Music'}));
    assert.equal(table.TableStatus, 'ACTIVE');
    assert.equal(table.TableArn, 'arn:aws:dynamodb:us-east-1:000000000000:table/Music');
    assert.ok(table.CreationDateTime instanceof Date);
    assert.match(table.TableId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal(table.GlobalSecondaryIndexes[0].IndexStatus, 'ACTIVE');
    assert.equal(table.DeletionProtectionEnabled, false);
  });

  test('come, are listed in pages, and go', async () => {
    const one = {BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{AttributeName: 'p', AttributeType: 'B'}],
      KeySchema: [{AttributeName: 'p', KeyType: 'HASH'}]};
    for (let i = 0; i < 5; ++i) await client.send(new CreateTableCommand({...one, TableName: `listed${i}`}));
    const {all, count} = await collected(paginateListTables({client, pageSize: 2}, {}), 'TableNames');
    assert.deepEqual(all, ['Music', 'listed0', 'listed1', 'listed2', 'listed3', 'listed4']);
    assert.equal(count, 3);
    for (let i = 0; i < 5; ++i) await client.send(new DeleteTableCommand({TableName: `listed${i}`}));
    await waitUntilTableNotExists({client, maxWaitTime: 10, minDelay: 1}, {TableName: 'listed4'});
    assert.deepEqual((await client.send(new ListTablesCommand({}))).TableNames, ['Music']);
  });
});

describe('items', () => {
  const key = {Artist: 'items', Song: 'a'};

  test('of every type survive the document client', async () => {
    const item = {...key, s: '', n: -1.5, big: 9007199254740991, t: true, f: false, nil: null, l: [1, 'x', [], {}, null], m: {a: {b: [1]}},
      ss: new Set(['a', 'b']), ns: new Set([1, 2.5]), bs: new Set([Uint8Array.of(1)]), b: Uint8Array.of(0, 255)};
    await documents.send(new lib.PutCommand({TableName: 'Music', Item: item}));
    const {Item: back} = await documents.send(new lib.GetCommand({TableName: 'Music', Key: key, ConsistentRead: true}));
    assert.deepEqual({...back, bs: [...back.bs].map((b) => [...b]), b: [...back.b]}, {...item, bs: [[1]], b: [0, 255]});
  });

  test('keep large numbers exact', async () => {
    const n = '12345678901234567890123456789012345678';
    await client.send(new PutItemCommand({TableName: 'Music', Item: {Artist: {S: 'n'}, Song: {S: 'n'}, n: {N: n}}}));
    const {Item} = await client.send(new GetItemCommand({TableName: 'Music', Key: {Artist: {S: 'n'}, Song: {S: 'n'}}}));
    assert.equal(Item.n.N, n);
  });

  test('are written on conditions', async () => {
    const put = new lib.PutCommand({TableName: 'Music', Item: {Artist: 'once', Song: 'a', n: 1}, ConditionExpression: 'attribute_not_exists(Artist)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD'});
    assert.deepEqual(Object.keys(await documents.send(put)), ['$metadata']);
    await assert.rejects(documents.send(put), (error) => {
      assert.ok(error instanceof ConditionalCheckFailedException);
      assert.equal(error.message, 'The conditional request failed');
      assert.deepEqual(error.Item, {Artist: {S: 'once'}, Song: {S: 'a'}, n: {N: '1'}});
      return true;
    });
    const gone = await documents.send(new lib.DeleteCommand({TableName: 'Music', Key: {Artist: 'once', Song: 'a'}, ConditionExpression: 'n < :n',
      ExpressionAttributeValues: {':n': 2}, ReturnValues: 'ALL_OLD'}));
    assert.deepEqual(gone.Attributes, {Artist: 'once', Song: 'a', n: 1});
  });

  test('are updated by every kind of expression', async () => {
    const update = async (UpdateExpression, values, ReturnValues = 'UPDATED_NEW', names = undefined) => (await documents.send(new lib.UpdateCommand({
      TableName: 'Music', Key: {Artist: 'u', Song: 'u'}, UpdateExpression, ExpressionAttributeValues: values, ExpressionAttributeNames: names, ReturnValues}))).Attributes;
    assert.deepEqual(await update('SET n = :n, l = :l, m = :m', {':n': 1, ':l': [1], ':m': {k: {}}}, 'ALL_NEW'), {Artist: 'u', Song: 'u', n: 1, l: [1], m: {k: {}}});
    assert.deepEqual(await update('SET n = n - :d, m.k.#x = if_not_exists(zero, :d)', {':d': 3}, 'UPDATED_NEW', {'#x': 'a.b'}), {n: -2, m: {k: {'a.b': 3}}});
    assert.deepEqual(await update('SET l = list_append(:l, l), l2 = list_append(if_not_exists(l2, :e), :l)', {':l': [0], ':e': []}), {l: [0, 1], l2: [0]});
    assert.deepEqual(await update('ADD n :two, tags :t', {':two': 2, ':t': new Set(['a', 'b'])}), {n: 0, tags: new Set(['a', 'b'])});
    assert.deepEqual(await update('DELETE tags :t', {':t': new Set(['a'])}, 'UPDATED_OLD'), {tags: new Set(['a', 'b'])});
    assert.deepEqual(await update('REMOVE l[0], m.k, n', undefined, 'UPDATED_OLD'), {l: [0], m: {k: {'a.b': 3}}, n: 0});
    assert.deepEqual(await update('SET l[7] = :v REMOVE l2 ADD c :v DELETE tags :t', {':v': 9, ':t': new Set(['b'])}, 'ALL_NEW'), {Artist: 'u', Song: 'u', l: [1, 9], m: {}, c: 9});
  });

  test('are refused with the words of the service', async () => {
    const [get, put] = [(input) => client.send(new GetItemCommand(input)), (input) => client.send(new PutItemCommand(input))];
    const item = {Artist: {S: 'a'}, Song: {S: 's'}};
    await refused(get({TableName: 'Absent', Key: item}), ResourceNotFoundException, 'ResourceNotFoundException', 'Requested resource not found');
    await refused(get({TableName: 'Music', Key: {Artist: {S: 'a'}}}), DynamoDBServiceException, 'ValidationException', 'The provided key element does not match the schema');
    await refused(put({TableName: 'Music', Item: {Artist: {S: 'a'}}}), DynamoDBServiceException, 'ValidationException', 'One or more parameter values were invalid: Missing the key Song in the item');
    await refused(put({TableName: 'Music', Item: {...item, Year: {S: 'x'}}}), DynamoDBServiceException, 'ValidationException',
      'One or more parameter values were invalid: Type mismatch for Index Key Year Expected: N Actual: S IndexName: ByYear');
    await refused(put({TableName: 'Music', Item: {...item, x: {S: 'x'.repeat(409600)}}}), DynamoDBServiceException, 'ValidationException', 'Item size has exceeded the maximum allowed size');
    await refused(put({TableName: 'Music', Item: item, ConditionExpression: 'a = = b'}), DynamoDBServiceException, 'ValidationException',
      '1 validation error detected: Invalid ConditionExpression: Syntax error; token: "=", near: "= = b"');
    await refused(client.send(new DeleteItemCommand({TableName: 'Music', Key: item, ConditionExpression: 'attribute_exists(nope)'})),
      ConditionalCheckFailedException, 'ConditionalCheckFailedException', 'The conditional request failed');
    await refused(client.send(new UpdateItemCommand({TableName: 'Music', Key: item, UpdateExpression: 'SET Song = :v', ExpressionAttributeValues: {':v': {S: 'x'}}})),
      DynamoDBServiceException, 'ValidationException', 'One or more parameter values were invalid: Cannot update attribute Song. This attribute is part of the key');
    await refused(client.send(new CreateTableCommand({TableName: 'Music', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{AttributeName: 'p', AttributeType: 'S'}],
      KeySchema: [{AttributeName: 'p', KeyType: 'HASH'}]})), ResourceInUseException, 'ResourceInUseException', 'Table already exists: Music');
    const unknown = new dynamodb.ListTablesCommand({});
    unknown.middlewareStack.add((next) => (args) => {
      args.request.headers['x-amz-target'] = 'DynamoDB_20120810.NoSuchOperation';
      return next(args);
    }, {step: 'build', priority: 'low'});
    await refused(client.send(unknown), DynamoDBServiceException, 'UnknownOperationException', 'UnknownError');
  });
});

describe('reading many', () => {
  before(async () => {
    for (let artist = 0; artist < 5; ++artist) {
      for (let start = 0; start < 50; start += 25) {
        const requests = Array.from({length: 25}, (_, i) => ({PutRequest: {Item: {
          Artist: `artist${artist}`, Song: `song${String(start + i).padStart(2, '0')}`, Year: 1950 + (start + i) % 10, Seconds: start + i,
          Genre: (start + i) % 2 ? 'jazz' : undefined}}}));
        const {UnprocessedItems} = await documents.send(new lib.BatchWriteCommand({RequestItems: {Music: requests}}));
        assert.deepEqual(UnprocessedItems, {});
      }
    }
  });

  test('query goes both ways in pages', async () => {
    for (const forward of [true, false]) {
      const {all, count} = await collected(lib.paginateQuery({client: documents, pageSize: 8}, {TableName: 'Music', KeyConditionExpression: 'Artist = :a',
        ExpressionAttributeValues: {':a': 'artist1'}, ScanIndexForward: forward}));
      const songs = all.map((item) => item.Song);
      const expected = Array.from({length: 50}, (_, i) => `song${String(i).padStart(2, '0')}`);
      assert.deepEqual(songs, forward ? expected : expected.reverse());
      assert.equal(count, 7);
    }
  });

  test('indexes are queried and fetch back', async () => {
    const local = await documents.send(new lib.QueryCommand({TableName: 'Music', IndexName: 'ByYear', KeyConditionExpression: 'Artist = :a AND #y BETWEEN :from AND :to',
      FilterExpression: 'Seconds < :s', ExpressionAttributeNames: {'#y': 'Year'}, ExpressionAttributeValues: {':a': 'artist2', ':from': 1952, ':to': 1953, ':s': 20},
      ProjectionExpression: 'Song, Seconds'}));
    assert.deepEqual(local.Items.map((item) => item.Seconds).sort((a, b) => a % 10 - b % 10 || a - b), [2, 12, 3, 13]);
    assert.deepEqual([local.Count, local.ScannedCount], [4, 10]);
    const {all} = await collected(paginateQuery({client, pageSize: 10}, {TableName: 'Music', IndexName: 'OfGenre', KeyConditionExpression: 'Genre = :g', ScanIndexForward: false,
      ExpressionAttributeValues: {':g': {S: 'jazz'}}}));
    assert.equal(all.length, 125);
    const years = all.map((item) => Number(item.Year.N));
    assert.deepEqual(years, [...years].sort((a, b) => b - a));
    assert.deepEqual(Object.keys(all[0]).sort(), ['Artist', 'Genre', 'Seconds', 'Song', 'Year']);
    await refused(client.send(new QueryCommand({TableName: 'Music', IndexName: 'OfGenre', KeyConditionExpression: 'Genre = :g', ExpressionAttributeValues: {':g': {S: 'jazz'}}, ConsistentRead: true})),
      DynamoDBServiceException, 'ValidationException', 'Consistent reads are not supported on global secondary indexes');
  });

  test('segments of a parallel scan make the whole', async () => {
    const segments = await Promise.all([0, 1, 2, 3].map((Segment) => collected(paginateScan({client, pageSize: 20}, {TableName: 'Music', Segment, TotalSegments: 4,
      FilterExpression: 'begins_with(Artist, :a)', ExpressionAttributeValues: {':a': {S: 'artist'}}}))));
    const names = segments.flatMap(({all}) => all.map((item) => `${item.Artist.S}/${item.Song.S}`));
    assert.equal(names.length, 250);
    assert.equal(new Set(names).size, 250);
    const counted = await client.send(new ScanCommand({TableName: 'Music', Select: 'COUNT', FilterExpression: 'begins_with(Artist, :a)', ExpressionAttributeValues: {':a': {S: 'artist'}}}));
    assert.equal(counted.Count, 250);
    assert.equal(counted.Items, undefined);
  });

  test('a batch beyond 16 MB leaves keys unprocessed', async () => {
    const keys = Array.from({length: 50}, (_, i) => ({Artist: {S: 'heavy'}, Song: {S: String(i)}}));
    await Promise.all(keys.map((key) => client.send(new PutItemCommand({TableName: 'Music', Item: {...key, x: {S: 'x'.repeat(390_000)}}}))));
    const first = await client.send(new BatchGetItemCommand({RequestItems: {Music: {Keys: keys}}}));
    const left = first.UnprocessedKeys.Music.Keys;
    assert.ok(left.length > 0 && first.Responses.Music.length > 0);
    assert.equal(left.length + first.Responses.Music.length, 50);
    const second = await client.send(new BatchGetItemCommand({RequestItems: first.UnprocessedKeys}));
    assert.equal(second.Responses.Music.length, left.length);
    assert.deepEqual(second.UnprocessedKeys, {});
  });

  test('many requests at once are all answered', async () => {
    const got = await Promise.all(Array.from({length: 300}, (_, i) => documents.send(new lib.GetCommand({TableName: 'Music', Key: {Artist: 'artist3', Song: `song${String(i % 50).padStart(2, '0')}`}}))));
    got.forEach(({Item}, i) => assert.equal(Item.Seconds, i % 50));
  });
});
