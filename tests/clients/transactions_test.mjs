// Transactions by the AWS SDK for JavaScript (plain and document client) and by Dynamoose.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as lib from '@aws-sdk/lib-dynamodb';
import dynamoose from 'dynamoose';
import {credentials, startServer} from './server.mjs';

const {
  CreateTableCommand, DynamoDBClient, GetItemCommand, IdempotentParameterMismatchException, ResourceNotFoundException,
  TransactGetItemsCommand, TransactWriteItemsCommand, TransactionCanceledException,
} = dynamodb;

let server;
let client;
let documents;

before(async () => {
  server = await startServer('--in-memory');
  const configuration = {endpoint: server.endpoint, region: 'us-east-1', credentials, maxAttempts: 1};
  client = new DynamoDBClient(configuration);
  documents = lib.DynamoDBDocumentClient.from(client);
  dynamoose.aws.ddb.set(new dynamoose.aws.ddb.DynamoDB(configuration));
  await client.send(new CreateTableCommand({
    TableName: 'Accounts', BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{AttributeName: 'id', AttributeType: 'S'}],
    KeySchema: [{AttributeName: 'id', KeyType: 'HASH'}],
  }));
});

after(async () => {
  client.destroy();
  dynamoose.aws.ddb().destroy();
  await server.stop();
});

const transfer = (from, to, amount, more = {}) => documents.send(new lib.TransactWriteCommand({
  TransactItems: [
    {Update: {TableName: 'Accounts', Key: {id: from}, UpdateExpression: 'SET balance = balance - :x', ConditionExpression: 'balance >= :x',
      ExpressionAttributeValues: {':x': amount}, ReturnValuesOnConditionCheckFailure: 'ALL_OLD'}},
    {Update: {TableName: 'Accounts', Key: {id: to}, UpdateExpression: 'SET balance = balance + :x', ExpressionAttributeValues: {':x': amount}}},
  ], ...more}));

const balances = async (...ids) => {
  const {Responses} = await documents.send(new lib.TransactGetCommand({TransactItems: ids.map((id) => ({Get: {TableName: 'Accounts', Key: {id}}}))}));
  return Responses.map(({Item}) => Item?.balance);
};

describe('the SDK', () => {
  before(async () => {
    await documents.send(new lib.TransactWriteCommand({TransactItems: ['a', 'b'].map((id) => ({Put: {TableName: 'Accounts', Item: {id, balance: 10}}}))}));
  });

  test('moves money, or does not', async () => {
    await transfer('a', 'b', 7);
    assert.deepEqual(await balances('a', 'b', 'nobody'), [3, 17, undefined]);
    await assert.rejects(transfer('a', 'b', 7), (error) => {
      assert.ok(error instanceof TransactionCanceledException);
      assert.equal(error.message, 'Transaction cancelled, please refer cancellation reasons for specific reasons [ConditionalCheckFailed, None]');
      assert.deepEqual(error.CancellationReasons, [
        {Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', Item: {id: {S: 'a'}, balance: {N: '3'}}}, {Code: 'None'}]);
      return true;
    });
    await transfer('b', 'a', 7);
    assert.deepEqual(await balances('a', 'b'), [10, 10]);
  });

  test('sends a token again and moves nothing twice', async () => {
    const ClientRequestToken = 'once';
    await transfer('a', 'b', 1, {ClientRequestToken});
    const {ConsumedCapacity} = await transfer('a', 'b', 1, {ClientRequestToken, ReturnConsumedCapacity: 'TOTAL'});
    assert.deepEqual(ConsumedCapacity, [{TableName: 'Accounts', CapacityUnits: 4, ReadCapacityUnits: 4}]);
    assert.deepEqual(await balances('a', 'b'), [9, 11]);
    await assert.rejects(transfer('a', 'b', 2, {ClientRequestToken}), (error) => error instanceof IdempotentParameterMismatchException);
    await transfer('b', 'a', 1);
  });

  test('many at once add up', async () => {
    const done = await Promise.allSettled(Array.from({length: 200}, (_, i) => (i % 2 ? transfer('a', 'b', 1) : transfer('b', 'a', 1))));
    for (const {reason} of done.filter(({status}) => status === 'rejected')) assert.ok(reason instanceof TransactionCanceledException, reason);
    const [a, b] = await balances('a', 'b');
    assert.equal(a + b, 20);
  });

  test('is told what it did wrong', async () => {
    const action = {Delete: {TableName: 'Accounts', Key: {id: {S: 'x'}}}};
    await assert.rejects(client.send(new TransactWriteItemsCommand({TransactItems: [action, action]})),
      {name: 'ValidationException', message: 'Transaction request cannot include multiple operations on one item'});
    await assert.rejects(client.send(new TransactGetItemsCommand({TransactItems: [{Get: {TableName: 'Absent', Key: {id: {S: 'x'}}}}]})),
      (error) => error instanceof ResourceNotFoundException);
    await assert.rejects(client.send(new TransactWriteItemsCommand({TransactItems: [{Delete: {TableName: 'Accounts', Key: {id: {N: '1'}}}}]})),
      (error) => error.CancellationReasons[0].Message === 'The provided key element does not match the schema');
  });
});

describe('Dynamoose', () => {
  let User;

  before(async () => {
    User = dynamoose.model('User', new dynamoose.Schema({id: String, name: String, visits: Number}, {timestamps: false}));
    new dynamoose.Table('Users', [User], {initialize: false, create: true, waitForActive: {enabled: true}, throughput: 'ON_DEMAND'});
    await User.table().initialize();
  });

  test('creates, updates and removes in one transaction', async () => {
    await User.create({id: 'old', name: 'Old', visits: 1});
    await User.create({id: 'gone', name: 'Gone'});
    await dynamoose.transaction([
      User.transaction.create({id: 'new', name: 'New', visits: 0}),
      User.transaction.update({id: 'old'}, {$ADD: {visits: 1}}),
      User.transaction.delete('gone'),
    ]);
    const users = await User.batchGet(['old', 'new', 'gone']);
    assert.deepEqual(users.map(({id, visits}) => [id, visits]).sort(), [['new', 0], ['old', 2]]);
  });

  test('writes nothing where a condition fails', async () => {
    await assert.rejects(dynamoose.transaction([
      User.transaction.update({id: 'old'}, {name: 'Renamed'}),
      User.transaction.create({id: 'new', name: 'Once more'}),
    ]), (error) => error.name === 'TransactionCanceledException' && error.CancellationReasons[1].Code === 'ConditionalCheckFailed');
    const {Item} = await client.send(new GetItemCommand({TableName: 'Users', Key: {id: {S: 'old'}}}));
    assert.equal(Item.name.S, 'Old');
  });
});
