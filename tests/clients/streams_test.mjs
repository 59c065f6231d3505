// The AWS SDK for JavaScript follows a stream across shards: client-dynamodb-streams.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {
  CreateTableCommand, DeleteItemCommand, DeleteTableCommand, DescribeTableCommand, DynamoDBClient, PutItemCommand,
  TransactWriteItemsCommand, UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand, DynamoDBStreamsClient, GetRecordsCommand, GetShardIteratorCommand, ListStreamsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb-streams';
import {credentials, startServer} from './server.mjs';

const SHARD_MS = 200;
let server;
let tables;
let streams;

before(async () => {
  server = await startServer('--in-memory', '--stream-shard-ms', String(SHARD_MS));
  const options = {endpoint: server.endpoint, region: 'eu-west-1', credentials, maxAttempts: 1};
  tables = new DynamoDBClient(options);
  streams = new DynamoDBStreamsClient(options);
});

after(async () => {
  tables.destroy();
  streams.destroy();
  await server.stop();
});

async function createTable(TableName, StreamViewType = 'NEW_AND_OLD_IMAGES') {
  const {TableDescription} = await tables.send(new CreateTableCommand({
    TableName, BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{AttributeName: 'p', AttributeType: 'S'}], KeySchema: [{AttributeName: 'p', KeyType: 'HASH'}],
    StreamSpecification: {StreamEnabled: true, StreamViewType},
  }));
  return TableDescription.LatestStreamArn;
}

const put = (TableName, p, n) =>
  tables.send(new PutItemCommand({TableName, Item: {p: {S: p}, n: {N: String(n)}}}));

async function describeStream(StreamArn) {
  return (await streams.send(new DescribeStreamCommand({StreamArn}))).StreamDescription;
}

async function iterator(StreamArn, ShardId, ShardIteratorType = 'TRIM_HORIZON', SequenceNumber = undefined) {
  const command = new GetShardIteratorCommand({StreamArn, ShardId, ShardIteratorType, SequenceNumber});
  return (await streams.send(command)).ShardIterator;
}

async function records(ShardIterator, Limit = undefined) {
  return streams.send(new GetRecordsCommand({ShardIterator, Limit}));
}

// As a library of consumers does: parents before their children, each shard until it is closed and drained.
class Follower {
  constructor(arn) {
    this.arn = arn;
    this.open = new Map();
    this.drained = new Set();
    this.seen = [];
  }

  async step() {
    const {Shards} = await describeStream(this.arn);
    const known = new Set(Shards.map((shard) => shard.ShardId));
    for (const {ShardId, ParentShardId} of Shards) {
      const ready = !known.has(ParentShardId) || this.drained.has(ParentShardId);
      if (ready && !this.open.has(ShardId) && !this.drained.has(ShardId)) this.open.set(ShardId, await iterator(this.arn, ShardId));
    }
    for (const [shard, at] of [...this.open]) {
      const page = await records(at, 3);
      this.seen.push(...page.Records);
      if (page.NextShardIterator) {
        this.open.set(shard, page.NextShardIterator);
      } else {
        this.open.delete(shard);
        this.drained.add(shard);
      }
    }
  }
}

describe('streams', () => {
  test('records have their members, typed', async () => {
    const arn = await createTable('Typed');
    const started = Date.now();
    await put('Typed', 'a', 1);
    await tables.send(new UpdateItemCommand({TableName: 'Typed', Key: {p: {S: 'a'}}, UpdateExpression: 'SET b = :b',
      ExpressionAttributeValues: {':b': {B: new Uint8Array([1, 2])}}}));
    await tables.send(new DeleteItemCommand({TableName: 'Typed', Key: {p: {S: 'a'}}}));
    const stream = await describeStream(arn);
    assert.equal(stream.StreamStatus, 'ENABLED');
    assert.ok(stream.CreationRequestDateTime instanceof Date);
    const {ShardId, SequenceNumberRange} = stream.Shards[0];
    assert.ok(ShardId.length >= 28 && ShardId.length <= 65);
    assert.match(SequenceNumberRange.StartingSequenceNumber, /^\d{21,40}$/);
    const page = await records(await iterator(arn, ShardId));
    assert.deepEqual(page.Records.map((record) => record.eventName), ['INSERT', 'MODIFY', 'REMOVE']);
    const [insert, modify] = page.Records;
    assert.match(insert.eventID, /^[0-9a-f]{32}$/);
    assert.equal(insert.eventSource, 'aws:dynamodb');
    assert.equal(insert.awsRegion, 'eu-west-1');
    assert.equal(insert.userIdentity, undefined);
    assert.deepEqual(insert.dynamodb.Keys, {p: {S: 'a'}});
    assert.deepEqual(insert.dynamodb.NewImage, {p: {S: 'a'}, n: {N: '1'}});
    assert.equal(insert.dynamodb.OldImage, undefined);
    assert.match(insert.dynamodb.SequenceNumber, /^\d{21,40}$/);
    assert.ok(Math.abs(insert.dynamodb.ApproximateCreationDateTime.getTime() - started) < 60_000);
    assert.deepEqual(modify.dynamodb.NewImage.b.B, new Uint8Array([1, 2]));
  });

  test('a follower sees every change once, across successors', async () => {
    const arn = await createTable('Followed');
    const follower = new Follower(arn);
    let written = 0;
    while ((await describeStream(arn)).Shards.length < 4) {
      await put('Followed', `item-${written % 7}`, written);
      written += 1;
      if (written % 5 === 0) await follower.step();
    }
    await tables.send(new TransactWriteItemsCommand({TransactItems: ['x', 'y'].map((p) => (
      {Put: {TableName: 'Followed', Item: {p: {S: p}, n: {N: String(written++)}}}}))}));
    await tables.send(new DeleteTableCommand({TableName: 'Followed'}));
    do {
      await follower.step();
    } while (follower.open.size || follower.drained.size < (await describeStream(arn)).Shards.length);
    assert.deepEqual(follower.seen.map((record) => Number(record.dynamodb.NewImage.n.N)), [...Array(written).keys()]);
    assert.equal((await describeStream(arn)).StreamStatus, 'DISABLED');
  });

  test('iterators begin where they are told', async () => {
    const arn = await createTable('Placed');
    const {ShardId, SequenceNumberRange: {StartingSequenceNumber: start}} = (await describeStream(arn)).Shards[0];
    const latest = await iterator(arn, ShardId, 'LATEST');
    for (const n of [0, 1, 2]) await put('Placed', 'a', n);
    const numbers = (await records(latest)).Records.map((record) => record.dynamodb.SequenceNumber);
    const count = async (...where) => (await records(await iterator(arn, ShardId, ...where))).Records.length;
    assert.equal(await count('AT_SEQUENCE_NUMBER', start), 3);
    assert.equal(await count('AT_SEQUENCE_NUMBER', numbers[1]), 2);
    assert.equal(await count('AFTER_SEQUENCE_NUMBER', numbers[1]), 1);
    assert.equal(await count('LATEST'), 0);
  });

  test('streams are listed in pages', async () => {
    const found = [];
    let start;
    do {
      const page = await streams.send(new ListStreamsCommand({Limit: 1, ExclusiveStartStreamArn: start}));
      found.push(...page.Streams);
      start = page.LastEvaluatedStreamArn;
    } while (start);
    assert.equal(new Set(found.map((stream) => stream.StreamArn)).size, found.length);
    const {Table} = await tables.send(new DescribeTableCommand({TableName: 'Typed'}));
    assert.ok(found.some((stream) => stream.StreamArn === Table.LatestStreamArn && stream.StreamLabel === Table.LatestStreamLabel));
  });

  test('errors have their classes', async () => {
    const arn = await createTable('Erring');
    await assert.rejects(describeStream(arn.replace('Erring', 'Absent')), ResourceNotFoundException);
    await assert.rejects(iterator(arn, 'shardId-00000000000000000000-00000000'), ResourceNotFoundException);
    await assert.rejects(records('made up'), {name: 'ValidationException'});
  });
});
