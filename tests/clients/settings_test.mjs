// The AWS SDK for JavaScript: tags, resource policies, and time to live.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import {
  CreateTableCommand, DescribeTimeToLiveCommand, DynamoDBClient, GetItemCommand, ListTagsOfResourceCommand,
  DeleteResourcePolicyCommand, GetResourcePolicyCommand, PolicyNotFoundException, PutItemCommand, PutResourcePolicyCommand,
  ResourceNotFoundException, TagResourceCommand, UntagResourceCommand, UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import {credentials, startServer} from './server.mjs';

const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/Sessions';
let server;
let client;

before(async () => {
  server = await startServer('--in-memory', '--ttl-sweep-ms', '20');
  client = new DynamoDBClient({endpoint: server.endpoint, region: 'us-east-1', credentials, maxAttempts: 1});
  await client.send(new CreateTableCommand({
    TableName: 'Sessions', BillingMode: 'PAY_PER_REQUEST', Tags: [{Key: 'team', Value: 'jazz'}],
    AttributeDefinitions: [{AttributeName: 'id', AttributeType: 'S'}],
    KeySchema: [{AttributeName: 'id', KeyType: 'HASH'}],
  }));
});

after(async () => {
  client.destroy();
  await server.stop();
});

async function allTags() {
  const tags = [];
  let NextToken;
  do {
    const page = await client.send(new ListTagsOfResourceCommand({ResourceArn: arn, NextToken}));
    tags.push(...page.Tags.map(({Key, Value}) => `${Key}=${Value}`));
    ({NextToken} = page);
  } while (NextToken);
  return tags;
}

describe('tags', () => {
  test('are put, replaced, listed in pages and removed', async () => {
    const more = Array.from({length: 15}, (_, i) => ({Key: `key${String(i).padStart(2, '0')}`, Value: 'x'}));
    await client.send(new TagResourceCommand({ResourceArn: arn, Tags: [...more, {Key: 'team', Value: 'soul'}]}));
    assert.deepEqual(await allTags(), [...more.map(({Key}) => `${Key}=x`), 'team=soul']);
    await client.send(new UntagResourceCommand({ResourceArn: arn, TagKeys: more.map(({Key}) => Key)}));
    assert.deepEqual(await allTags(), ['team=soul']);
  });

  test('belong to tables that exist', async () => {
    const absent = new ListTagsOfResourceCommand({ResourceArn: `${arn}-not`});
    await assert.rejects(client.send(absent), (error) => error instanceof ResourceNotFoundException);
  });
});

describe('a resource policy', () => {
  test('is kept, given back and deleted', async () => {
    const get = () => client.send(new GetResourcePolicyCommand({ResourceArn: arn}));
    await assert.rejects(get(), (error) => error instanceof PolicyNotFoundException);
    const Policy = JSON.stringify({Version: '2012-10-17', Statement: []});
    const {RevisionId} = await client.send(new PutResourcePolicyCommand({ResourceArn: arn, Policy}));
    const kept = await get();
    assert.deepEqual([kept.Policy, kept.RevisionId], [Policy, RevisionId]);
    await client.send(new DeleteResourcePolicyCommand({ResourceArn: arn}));
    await assert.rejects(get(), (error) => error instanceof PolicyNotFoundException);
  });
});

describe('time to live', () => {
  test('is turned on and deletes what has expired', async () => {
    const describeIt = () => client.send(new DescribeTimeToLiveCommand({TableName: 'Sessions'}));
    assert.deepEqual((await describeIt()).TimeToLiveDescription, {TimeToLiveStatus: 'DISABLED'});
    const TimeToLiveSpecification = {Enabled: true, AttributeName: 'expires'};
    const set = await client.send(new UpdateTimeToLiveCommand({TableName: 'Sessions', TimeToLiveSpecification}));
    assert.deepEqual(set.TimeToLiveSpecification, TimeToLiveSpecification);
    assert.deepEqual((await describeIt()).TimeToLiveDescription, {TimeToLiveStatus: 'ENABLED', AttributeName: 'expires'});

    const now = Math.floor(Date.now() / 1000);
    for (const [id, expires] of [['over', now - 1], ['later', now + 3600]]) {
      await client.send(new PutItemCommand({TableName: 'Sessions', Item: {id: {S: id}, expires: {N: String(expires)}}}));
    }
    const get = (id) => client.send(new GetItemCommand({TableName: 'Sessions', Key: {id: {S: id}}}));
    const deadline = Date.now() + 30_000;
    while ((await get('over')).Item) assert.ok(Date.now() < deadline, 'the item was not deleted');
    assert.ok((await get('later')).Item);
  });
});
