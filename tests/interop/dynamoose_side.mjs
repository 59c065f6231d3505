// Dynamoose's side of the side-by-side test: carries out steps that it reads from standard input.
//
//   node dynamoose_side.mjs schemas.json http://127.0.0.1:8000
import {readFileSync} from 'node:fs';
import {answerSteps, credentials, fromTagged, itemFromTagged, itemToTagged, require, storedFromTagged, storedToTagged} from './tagged.mjs';

const dynamoose = require('dynamoose');
const [schemasFile, endpoint] = process.argv.slice(2);
const {dynamoose: given} = JSON.parse(readFileSync(schemasFile));

dynamoose.aws.ddb.set(new dynamoose.aws.ddb.DynamoDB({endpoint, region: 'us-east-1', credentials, maxAttempts: 1}));

const words = {String, Number, Boolean, Buffer, Date, Object, Array, Set, NULL: dynamoose.type.NULL, ANY: dynamoose.type.ANY};

function typeOf(type) {
  if (Array.isArray(type)) return type.map(typeOf);
  if (typeof type === 'string') return words[type];
  if (type.schema) return new dynamoose.Schema(attributesOf(type.schema.attributes ?? type.schema));
  return {...type, value: words[type.value] ?? type.value};
}

function attributeOf(attribute) {
  if (typeof attribute === 'string') return words[attribute];
  if (attribute.type === undefined) return typeOf(attribute);
  const made = {...attribute, type: typeOf(attribute.type)};
  if (Array.isArray(attribute.schema)) made.schema = attribute.schema.map(attributeOf);
  else if (typeof attribute.schema === 'string') made.schema = words[attribute.schema];
  else if (attribute.schema) made.schema = attributesOf(attribute.schema);
  if (attribute.validate?.regex !== undefined) made.validate = new RegExp(attribute.validate.regex, 'u');
  if (attribute.type === 'Set' && Array.isArray(attribute.default)) made.default = new Set(attribute.default);
  return made;
}

function attributesOf(attributes) {
  return Object.fromEntries(Object.entries(attributes).map(([name, attribute]) => [name, attributeOf(attribute)]));
}

function timestampsOf(timestamps) {
  if (timestamps === null || typeof timestamps !== 'object') return timestamps;
  return Object.fromEntries(Object.entries(timestamps).map(([role, named]) =>
    [role, named?.schema ? attributesOf(named.schema) : named]));
}

const models = {};
const tables = {};
for (const {name, attributes, settings = {}, expires} of given) {
  const schema = new dynamoose.Schema(attributesOf(attributes),
    {...settings, ...('timestamps' in settings && {timestamps: timestampsOf(settings.timestamps)})});
  models[name] = dynamoose.model(name, schema);
  tables[name] = new dynamoose.Table(name, [models[name]], {
    initialize: false, create: true, update: false, waitForActive: {enabled: true}, throughput: 'ON_DEMAND',
    ...(expires !== undefined && {expires: typeof expires === 'number' ? expires : {...expires, items: {returnExpired: true}}})});
}

function addClauses(to, clauses = []) {
  let builder = to;
  for (const {attribute, is, values = []} of clauses) {
    const place = builder.where(attribute);
    const operands = values.map(fromTagged);
    if (is === 'ne') builder = place.not().eq(...operands);
    else if (is === 'absent') builder = place.not().exists();
    else if (is === 'in') builder = place.in(operands);
    else builder = place[is](...operands);
  }
  return builder;
}

const conditionOf = (clauses) => (clauses ? {condition: addClauses(new dynamoose.Condition(), clauses)} : {});

function changesOf(step) {
  const changes = {};
  if (step.set) changes.$SET = itemFromTagged(step.set);
  if (step.add) changes.$ADD = itemFromTagged(step.add);
  if (step.erase) changes.$DELETE = itemFromTagged(step.erase);
  if (step.remove) changes.$REMOVE = step.remove;
  return changes;
}

// toJSON() turns dates, sets and binary values into what JSON has.
const seen = (items) => items.map((item) => itemToTagged({...item}));

async function find(Model, step) {
  const [[hash, value]] = Object.entries(itemFromTagged(step.key));
  let query = Model.query(hash).eq(value);
  if (step.range) query = addClauses(query, [step.range]);
  for (const [name, rest] of Object.entries(itemFromTagged(step.key)).slice(1)) query = query.where(name).eq(rest);
  query = addClauses(query, step.filter);
  if (step.index) query = query.using(step.index);
  if (step.descending) query = query.sort('descending');
  if (step.limit) query = query.limit(step.limit);
  return seen(await query.exec());
}

function partOf(part) {
  const Model = models[part.schema];
  switch (part.op) {
    case 'create': return Model.transaction.create(itemFromTagged(part.item));
    case 'update': return Model.transaction.update(itemFromTagged(part.key), changesOf(part), conditionOf(part.condition));
    case 'delete': return Model.transaction.delete(itemFromTagged(part.key));
    default: return Model.transaction.condition(itemFromTagged(part.key), addClauses(new dynamoose.Condition(), part.condition));
  }
}

await answerSteps(async (step) => {
  const Model = models[step.schema];
  switch (step.op) {
    case 'tables':
      for (const table of Object.values(tables)) await table.initialize();
      return [];
    case 'create': await Model.create(itemFromTagged(step.item)); return [];
    case 'put': await new Model(itemFromTagged(step.item)).save(); return [];
    case 'save': {
      const item = await Model.get(itemFromTagged(step.key));
      Object.assign(item, itemFromTagged(step.set));
      for (const name of step.remove ?? []) delete item[name];
      await item.save();
      return [];
    }
    case 'update': await Model.update(itemFromTagged(step.key), changesOf(step), conditionOf(step.condition)); return [];
    case 'delete': await Model.delete(itemFromTagged(step.key), conditionOf(step.condition)); return [];
    case 'batchPut': await Model.batchPut(step.items.map(itemFromTagged)); return [];
    case 'batchDelete': await Model.batchDelete(step.keys.map(itemFromTagged)); return [];
    case 'batchGet': return seen(await Model.batchGet(step.keys.map(itemFromTagged)));
    case 'get': {
      const item = await Model.get(itemFromTagged(step.key));
      return item ? seen([item]) : [];
    }
    case 'query': return find(Model, step);
    case 'scan': return seen(await addClauses(Model.scan(), step.filter).exec());
    case 'transaction': await dynamoose.transaction(step.steps.map(partOf)); return [];
    case 'rawPut': await dynamoose.aws.ddb().putItem({TableName: step.schema, Item: storedFromTagged(step.item)}); return [];
    case 'dump': {
      const items = [];
      let ExclusiveStartKey;
      do {
        const page = await dynamoose.aws.ddb().scan({TableName: step.schema, ConsistentRead: true, ExclusiveStartKey});
        items.push(...page.Items.map(storedToTagged));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      return items;
    }
    default: throw new Error(`no such operation: ${step.op}`);
  }
});
dynamoose.aws.ddb().destroy();
