// ElectroDB's side of the side-by-side test: entities "Customer" and "Order" of the table "Shop".
//
//   node electrodb_side.mjs schemas.json http://127.0.0.1:8000
import {answerSteps, credentials, itemFromTagged, itemToTagged, require, storedToTagged} from './tagged.mjs';

const {DynamoDBClient, ScanCommand} = require('@aws-sdk/client-dynamodb');
const {Entity} = require('electrodb');
const [, endpoint] = process.argv.slice(2);
const client = new DynamoDBClient({endpoint, region: 'us-east-1', credentials, maxAttempts: 1});
const options = {client, table: 'Shop'};

const entities = {
  Customer: new Entity({
    model: {entity: 'customer', version: '1', service: 'shop'},
    attributes: {
      customerId: {type: 'string', required: true},
      mail: {type: 'string', required: true},
      points: {type: 'number'},
      tags: {type: 'set', items: 'string'},
      home: {type: 'map', properties: {city: {type: 'string'}, zip: {type: 'number'}}},
      log: {type: 'list', items: {type: 'string'}},
    },
    indexes: {
      customer: {pk: {field: 'pk', composite: ['customerId']}, sk: {field: 'sk', composite: []}},
      gsi1: {index: 'gsi1', pk: {field: 'gsi1pk', composite: ['mail']}, sk: {field: 'gsi1sk', composite: ['customerId']}},
    },
  }, options),
  Order: new Entity({
    model: {entity: 'order', version: '1', service: 'shop'},
    attributes: {
      customerId: {type: 'string', required: true},
      number: {type: 'string', required: true},
      state: {type: ['open', 'paid'], default: 'open'},
      cents: {type: 'number'},
    },
    indexes: {order: {pk: {field: 'pk', composite: ['customerId']}, sk: {field: 'sk', composite: ['number']}}},
  }, options),
};

// ElectroDB takes and gives sets as arrays.
const given = (item) => Object.fromEntries(Object.entries(itemFromTagged(item))
  .map(([name, value]) => [name, value instanceof Set ? [...value] : value]));
const seen = (items) => items.map((item) => itemToTagged({...item, ...(item.tags && {tags: new Set(item.tags)})}));

function changed(operation, step) {
  let update = operation;
  if (step.set) update = update.set(given(step.set));
  if (step.add) {
    const entries = Object.entries(given(step.add));
    const lists = entries.filter(([name]) => name === 'log');
    const others = entries.filter(([name]) => name !== 'log');
    if (lists.length) update = update.append(Object.fromEntries(lists));
    if (others.length) update = update.add(Object.fromEntries(others));
  }
  if (step.erase) update = update.delete(given(step.erase));
  if (step.remove) update = update.remove(step.remove);
  return update;
}

await answerSteps(async (step) => {
  const entity = entities[step.schema];
  switch (step.op) {
    case 'create': await entity.create(given(step.item)).go(); return [];
    case 'put': await entity.put(given(step.item)).go(); return [];
    case 'update': await changed(entity.patch(given(step.key)), step).go(); return [];
    case 'delete': await entity.delete(given(step.key)).go(); return [];
    case 'get': {
      const {data} = await entity.get(given(step.key)).go();
      return data ? seen([data]) : [];
    }
    case 'query': {
      const {data} = await entity.query[step.index ?? step.schema.toLowerCase()](given(step.key)).go();
      return seen(data);
    }
    case 'dump': return (await client.send(new ScanCommand({TableName: 'Shop', ConsistentRead: true}))).Items.map(storedToTagged);
    default: throw new Error(`no such operation: ${step.op}`);
  }
});
client.destroy();
