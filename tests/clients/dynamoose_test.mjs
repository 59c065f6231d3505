// Dynamoose 4 does the work: models that create their tables, typed documents, queries, batches, and
// a time to live.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import dynamoose from 'dynamoose';
import {credentials, startServer} from './server.mjs';

let server;
let User;

before(async () => {
  server = await startServer('--in-memory', '--ttl-sweep-ms', '20');
  dynamoose.aws.ddb.set(new dynamoose.aws.ddb.DynamoDB({endpoint: server.endpoint, region: 'us-east-1', credentials, maxAttempts: 1}));
  const schema = new dynamoose.Schema({
    team: {type: String, hashKey: true},
    id: {type: Number, rangeKey: true},
    email: {type: String, index: {name: 'byEmail', type: 'global'}},
    age: {type: Number, index: {name: 'byAge', type: 'local', rangeKey: 'age'}},
    born: Date,
    tags: {type: Set, schema: [String]},
    address: {type: Object, schema: {city: String, codes: {type: Array, schema: [Number]}}},
    active: {type: Boolean, default: true},
  }, {timestamps: false});
  User = dynamoose.model('User', schema);
  new dynamoose.Table('Users', [User], {initialize: false, create: true, waitForActive: {enabled: true}, throughput: 'ON_DEMAND'});
  await User.table().initialize();
});

after(async () => {
  dynamoose.aws.ddb().destroy();
  await server.stop();
});

const plain = (documents) => documents.map((document) => document.toJSON());

describe('a model', () => {
  test('makes its table with indexes', async () => {
    const {Table: table} = await dynamoose.aws.ddb().describeTable({TableName: 'Users'});
    assert.equal(table.GlobalSecondaryIndexes[0].IndexName, 'byEmail');
    assert.equal(table.LocalSecondaryIndexes[0].IndexName, 'byAge');
    assert.equal(table.BillingModeSummary.BillingMode, 'PAY_PER_REQUEST');
  });

  test('creates once, gets, updates, deletes', async () => {
    const born = new Date('1990-05-17T00:00:00Z');
    const given = {team: 'red', id: 1, email: 'a@example.com', age: 30, born, tags: new Set(['x', 'y']), address: {city: 'Oslo', codes: [1, 2]}};
    await User.create(given);
    await assert.rejects(User.create(given), {name: 'ConditionalCheckFailedException', message: 'The conditional request failed'});
    const got = await User.get({team: 'red', id: 1});
    assert.deepEqual({...got}, {...given, active: true});
    const updated = await User.update({team: 'red', id: 1}, {$SET: {age: 31, 'address': {city: 'Bergen', codes: [3]}}, $ADD: {tags: new Set(['z'])}, $REMOVE: ['email']});
    assert.deepEqual({...updated}, {team: 'red', id: 1, age: 31, born, tags: new Set(['x', 'y', 'z']), address: {city: 'Bergen', codes: [3]}, active: true});
    await assert.rejects(User.update({team: 'red', id: 1}, {age: 40}, {condition: new dynamoose.Condition().where('age').lt(31)}),
      {name: 'ConditionalCheckFailedException', message: 'The conditional request failed'});
    await User.delete({team: 'red', id: 1});
    assert.equal(await User.get({team: 'red', id: 1}), undefined);
  });

  test('saves a changed document', async () => {
    const user = new User({team: 'saved', id: 7, age: 1});
    await user.save();
    user.age = 2;
    user.active = false;
    await user.save();
    assert.deepEqual((await User.get({team: 'saved', id: 7})).toJSON(), {team: 'saved', id: 7, age: 2, active: false});
    await user.delete();
  });
});

describe('many documents', () => {
  before(async () => {
    for (let start = 0; start < 60; start += 20) {
      const {unprocessedItems} = await User.batchPut(Array.from({length: 20}, (_, i) => ({team: 'blue', id: start + i, age: (start + i) % 10, email: `e${(start + i) % 3}@example.com`})));
      assert.deepEqual(unprocessedItems, []);
    }
  });

  test('are queried with conditions, both ways, in pages', async () => {
    const between = await User.query('team').eq('blue').where('id').between(10, 14).exec();
    assert.deepEqual(plain(between).map((user) => user.id), [10, 11, 12, 13, 14]);
    const last = await User.query('team').eq('blue').sort('descending').limit(3).exec();
    assert.deepEqual(plain(last).map((user) => user.id), [59, 58, 57]);
    const next = await User.query('team').eq('blue').sort('descending').limit(3).startAt(last.lastKey).exec();
    assert.deepEqual(plain(next).map((user) => user.id), [56, 55, 54]);
    const filtered = await User.query('team').eq('blue').filter('email').eq('e0@example.com').attributes(['id', 'email']).exec();
    assert.equal(filtered.length, 20);
    assert.equal((await User.query('team').eq('blue').count().exec()).count, 60);
  });

  test('are found through indexes', async () => {
    const byEmail = await User.query('email').eq('e1@example.com').using('byEmail').exec();
    assert.deepEqual(plain(byEmail).map((user) => user.id).sort((a, b) => a - b), Array.from({length: 20}, (_, i) => i * 3 + 1));
    const byAge = await User.query('team').eq('blue').where('age').ge(8).using('byAge').exec();
    assert.deepEqual(plain(byAge).map((user) => user.age), [...Array(6).fill(8), ...Array(6).fill(9)]);
  });

  test('are scanned, also in parallel', async () => {
    const all = await User.scan().parallel(4).all().exec();
    assert.equal(all.filter((user) => user.team === 'blue').length, 60);
    const some = await User.scan('age').gt(7).and().where('email').contains('e2').exec();
    assert.ok(plain(some).every((user) => user.age > 7 && user.email === 'e2@example.com'));
    assert.equal((await User.scan().count().exec()).count, all.length);
  });

  test('are got and deleted in batches', async () => {
    const got = await User.batchGet([{team: 'blue', id: 1}, {team: 'blue', id: 2}, {team: 'blue', id: 999}]);
    assert.deepEqual(plain(got).map((user) => user.id).sort(), [1, 2]);
    await User.batchDelete([{team: 'blue', id: 1}, {team: 'blue', id: 2}]);
    assert.equal((await User.batchGet([{team: 'blue', id: 1}, {team: 'blue', id: 2}])).length, 0);
  });
});

describe('time to live', () => {
  test('is turned on by the table and fills the attribute in', async () => {
    const schema = new dynamoose.Schema({id: {type: String, hashKey: true}});
    const Session = dynamoose.model('Session', schema);
    const sessions = new dynamoose.Table('Sessions', [Session], {
      initialize: false, create: true, waitForActive: {enabled: true}, throughput: 'ON_DEMAND',
      expires: {ttl: 60_000, attribute: 'expires', items: {returnExpired: true}}});
    await sessions.initialize();
    await sessions.initialize();  // Finds it as it should be.
    const {TimeToLiveDescription} = await dynamoose.aws.ddb().describeTimeToLive({TableName: 'Sessions'});
    assert.deepEqual(TimeToLiveDescription, {TimeToLiveStatus: 'ENABLED', AttributeName: 'expires'});

    await Session.create({id: 'kept'});
    await Session.create({id: 'over', expires: new Date(Date.now() - 5000)});
    const deadline = Date.now() + 30_000;
    while (await Session.get('over')) assert.ok(Date.now() < deadline, 'the item was not deleted');
    const kept = await Session.get('kept');
    assert.ok(kept.expires > new Date() && kept.expires < new Date(Date.now() + 61_000));
  });
});
