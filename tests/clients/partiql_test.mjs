// The AWS SDK for JavaScript speaks PartiQL: plain and document client, pages, batches, transactions.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as lib from '@aws-sdk/lib-dynamodb';
import {credentials, startServer} from './server.mjs';

let server;
let client;
let documents;

before(async () => {
  server = await startServer('--in-memory');
  client = new dynamodb.DynamoDBClient({endpoint: server.endpoint, region: 'us-east-1', credentials, maxAttempts: 1});
  documents = lib.DynamoDBDocumentClient.from(client);
  await client.send(new dynamodb.CreateTableCommand({
    TableName: 'Music', BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{AttributeName: 'Artist', AttributeType: 'S'}, {AttributeName: 'Song', AttributeType: 'S'}],
    KeySchema: [{AttributeName: 'Artist', KeyType: 'HASH'}, {AttributeName: 'Song', KeyType: 'RANGE'}],
  }));
});

after(async () => {
  client.destroy();
  await server.stop();
});

test('documents in, documents out', async () => {
  const song = {Artist: 'Nina', Song: 'Sinnerman', Length: 622, Tags: new Set(['live', 'long']), Parts: [{name: "it's"}]};
  await documents.send(new lib.ExecuteStatementCommand({Statement: 'INSERT INTO "Music" VALUE ?', Parameters: [song]}));
  const found = await documents.send(new lib.ExecuteStatementCommand({
    Statement: 'SELECT * FROM "Music" WHERE Artist = ? AND Song = ? AND Parts[0].name = \'it\'\'s\'',
    Parameters: ['Nina', 'Sinnerman'], ReturnConsumedCapacity: 'TOTAL'}));
  assert.deepEqual(found.Items, [song]);
  assert.equal(found.ConsumedCapacity.CapacityUnits, 0.5);
  const changed = await documents.send(new lib.ExecuteStatementCommand({
    Statement: 'UPDATE "Music" SET "Length" = ? REMOVE Tags WHERE Artist = ? AND Song = ? RETURNING ALL NEW *',
    Parameters: [620, 'Nina', 'Sinnerman']}));
  assert.deepEqual(changed.Items, [{Artist: 'Nina', Song: 'Sinnerman', Length: 620, Parts: [{name: "it's"}]}]);
});

test('errors are of their classes', async () => {
  const insert = new dynamodb.ExecuteStatementCommand(
      {Statement: 'INSERT INTO "Music" VALUE {\'Artist\': \'Twice\', \'Song\': \'a\'}'});
  await client.send(insert);
  await assert.rejects(client.send(insert), dynamodb.DuplicateItemException);
  await assert.rejects(
      client.send(new dynamodb.ExecuteStatementCommand({Statement: 'DELETE FROM Nowhere WHERE a = 1'})),
      dynamodb.ResourceNotFoundException);
  await assert.rejects(
      client.send(new dynamodb.ExecuteTransactionCommand({TransactStatements: [
        {Statement: 'INSERT INTO "Music" VALUE {\'Artist\': \'Twice\', \'Song\': \'b\'}'},
        {Statement: 'INSERT INTO "Music" VALUE {\'Artist\': \'Twice\', \'Song\': \'a\'}'}]})),
      (error) => error instanceof dynamodb.TransactionCanceledException &&
          error.CancellationReasons.map((reason) => reason.Code).join() === 'None,DuplicateItem');
});

test('pages and batches', async () => {
  await documents.send(new lib.BatchExecuteStatementCommand({Statements: Array.from({length: 10}, (_, i) => (
    {Statement: 'INSERT INTO "Music" VALUE {\'Artist\': ?, \'Song\': ?}', Parameters: ['Many', `song ${i}`]}))}));
  const songs = [];
  let NextToken;
  do {
    const page = await documents.send(new lib.ExecuteStatementCommand({
      Statement: 'SELECT Song FROM Music WHERE Artist = ?', Parameters: ['Many'], Limit: 3, NextToken}));
    songs.push(...page.Items.map((item) => item.Song));
    ({NextToken} = page);
  } while (NextToken);
  assert.deepEqual(songs, Array.from({length: 10}, (_, i) => `song ${i}`));
  const read = await documents.send(new lib.ExecuteTransactionCommand({TransactStatements: songs.map((song) => (
    {Statement: 'SELECT Song FROM Music WHERE Artist = ? AND Song = ?', Parameters: ['Many', song]}))}));
  assert.deepEqual(read.Responses.map((response) => response.Item.Song), songs);
});
