// DynamoDB-Toolbox's side of the side-by-side test: entities "Task" and "Person" of the table
// "Work", with the names that the toolbox gives its own attributes: _et, _ct, _md.
//
//   node toolbox_side.mjs schemas.json http://127.0.0.1:8000
import {answerSteps, credentials, itemFromTagged, itemToTagged, require, storedToTagged} from './tagged.mjs';

const {DynamoDBClient, ScanCommand} = require('@aws-sdk/client-dynamodb');
const {DynamoDBDocumentClient} = require('@aws-sdk/lib-dynamodb');
const {
  $add, $append, $delete, $remove, DeleteItemCommand, Entity, GetItemCommand, PutItemCommand, QueryCommand, Table,
  UpdateItemCommand, boolean, item, list, map, number, set, string,
} = require('dynamodb-toolbox');
const [, endpoint] = process.argv.slice(2);
const client = new DynamoDBClient({endpoint, region: 'us-east-1', credentials, maxAttempts: 1});

const table = new Table({
  name: 'Work',
  documentClient: DynamoDBDocumentClient.from(client),
  partitionKey: {name: 'pk', type: 'string'},
  sortKey: {name: 'sk', type: 'string'},
});
const entities = {
  Task: new Entity({
    name: 'Task', table,
    schema: item({
      project: string().key(), id: string().key(), title: string(), rank: number().optional(), done: boolean().default(false),
      labels: set(string()).optional(), history: list(string()).optional(),
      size: map({hours: number().optional(), unit: string().optional()}).optional(),
    }),
    computeKey: ({project, id}) => ({pk: `PROJECT#${project}`, sk: `TASK#${id}`}),
  }),
  Person: new Entity({
    name: 'Person', table,
    schema: item({name: string().key(), open: number().optional()}),
    computeKey: ({name}) => ({pk: `PERSON#${name}`, sk: 'PERSON'}),
  }),
};

const seen = (items) => items.map(({created, modified, entity: _, ...rest}) =>
  itemToTagged({...rest, created: new Date(created), modified: new Date(modified)}));

function changesOf(step) {
  const changes = itemFromTagged(step.set);
  for (const [name, value] of Object.entries(itemFromTagged(step.add))) changes[name] = Array.isArray(value) ? $append(value) : $add(value);
  for (const [name, value] of Object.entries(itemFromTagged(step.erase))) changes[name] = $delete(value);
  for (const name of step.remove ?? []) changes[name] = $remove();
  return changes;
}

await answerSteps(async (step) => {
  const entity = entities[step.schema];
  switch (step.op) {
    case 'create': {
      const [attr] = Object.keys(step.item);
      await entity.build(PutItemCommand).item(itemFromTagged(step.item)).options({condition: {attr, exists: false}}).send();
      return [];
    }
    case 'put': await entity.build(PutItemCommand).item(itemFromTagged(step.item)).send(); return [];
    case 'update': {
      const [attr] = Object.keys(step.key);
      await entity.build(UpdateItemCommand).item({...itemFromTagged(step.key), ...changesOf(step)})
        .options({condition: {attr, exists: true}}).send();
      return [];
    }
    case 'delete': await entity.build(DeleteItemCommand).key(itemFromTagged(step.key)).send(); return [];
    case 'get': {
      const {Item} = await entity.build(GetItemCommand).key(itemFromTagged(step.key)).send();
      return Item ? seen([Item]) : [];
    }
    case 'query': {
      const {project} = itemFromTagged(step.key);
      const {Items} = await table.build(QueryCommand).entities(entity).query({partition: `PROJECT#${project}`}).send();
      return seen(Items);
    }
    case 'dump': return (await client.send(new ScanCommand({TableName: 'Work', ConsistentRead: true}))).Items.map(storedToTagged);
    default: throw new Error(`no such operation: ${step.op}`);
  }
});
client.destroy();
