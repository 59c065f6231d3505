// What Dynamoose does in JavaScript for one item of eleven attributes, without a network: the client
// beneath it answers at once. Prints {"decode_us": ..., "encode_us": ..., "node": ...} for tools/bench.
import dynamoose from 'dynamoose';
import {marshall} from '@aws-sdk/util-dynamodb';

const ITEMS = Number(process.argv[2] ?? 200);
const ROUNDS = Number(process.argv[3] ?? 5);

const schema = new dynamoose.Schema({
  org: {type: String, hashKey: true, required: true},
  id: {type: String, rangeKey: true},
  email: {type: String, required: true, validate: /@/},
  age: {type: Number, validate: (v) => v >= 0 && v <= 150},
  role: {type: String, enum: ['kMember', 'kAdmin']},
  home: {type: Object, schema: {city: {type: String, required: true}, zip: {type: Number, validate: (v) => v >= 1 && v <= 99999}}},
  tags: {type: Set, schema: [String]},
  createdAt: Date,
  updatedAt: Date,
  ttl: {type: {value: Date, settings: {storage: 'seconds'}}},
  v: Number,
});
const User = dynamoose.model('User', schema);
const table = new dynamoose.Table('Users', [User], {initialize: false, create: false, waitForActive: false});

const stored = (i) => marshall({
  org: 'acme', id: `user-${1000 + i}`, email: 'ann@example.org', age: 41, role: 'kMember', home: {city: 'Bern', zip: 3000},
  tags: new Set(['blue', 'green']), createdAt: 1700000000000, updatedAt: 1700000000000, ttl: 4000000000, v: 1,
});
const object = (i) => ({
  org: 'acme', id: `user-${1000 + i}`, email: 'ann@example.org', age: 41, role: 'kMember', home: {city: 'Bern', zip: 3000},
  tags: new Set(['blue', 'green']), createdAt: new Date(1700000000000), updatedAt: new Date(1700000000000),
  ttl: new Date(4000000000000), v: 1,
});

const items = Array.from({length: ITEMS}, (_, i) => stored(i));
dynamoose.aws.ddb.set({
  scan: async () => ({Items: items, Count: items.length, ScannedCount: items.length}),
  putItem: async () => ({}),
});

await table.initialize();

// The fastest round, in microseconds an item.
const measure = async (work) => {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const begin = process.hrtime.bigint();
    await work();
    best = Math.min(best, Number(process.hrtime.bigint() - begin) / 1000 / ITEMS);
  }
  return best;
};

const decode = await measure(async () => {
  const read = await User.scan().exec();
  if (read.length !== ITEMS || read[3].home.zip !== 3000) throw new Error('not read');
});
const encode = await measure(async () => {
  for (let i = 0; i < ITEMS; i++) await new User(object(i)).save();
});
console.log(JSON.stringify({decode_us: decode, encode_us: encode, node: process.version}));
