// Items of the side-by-side test as JSON and as JavaScript's values: {"S": "..."} and its like, and
// {"DATE": milliseconds}.
import {createRequire} from 'node:module';
import {createInterface} from 'node:readline';

// The clients are installed beside the tests of clients.
export const require = createRequire(new URL('../clients/package.json', import.meta.url));

export function fromTagged(value) {
  const [[tag, inside]] = Object.entries(value);
  switch (tag) {
    case 'S': case 'BOOL': return inside;
    case 'N': {
      const number = Number(inside);
      // A double cannot hold it: what a program would have to give.
      return Number.isInteger(number) && Math.abs(number) > Number.MAX_SAFE_INTEGER ? BigInt(inside) : number;
    }
    case 'B': return Buffer.from(inside, 'base64');
    case 'NULL': return null;
    case 'DATE': return new Date(inside);
    case 'L': return inside.map(fromTagged);
    case 'M': return itemFromTagged(inside);
    case 'SS': return new Set(inside);
    case 'NS': return new Set(inside.map(Number));
    case 'BS': return new Set(inside.map((one) => Buffer.from(one, 'base64')));
    default: throw new Error(`no such tag: ${tag}`);
  }
}

export function itemFromTagged(item = {}) {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, fromTagged(value)]));
}

const base64 = (bytes) => Buffer.from(bytes).toString('base64');

export function toTagged(value) {
  if (typeof value === 'string') return {S: value};
  if (typeof value === 'number' || typeof value === 'bigint') return {N: Object.is(value, -0) ? '0' : String(value)};
  if (typeof value === 'boolean') return {BOOL: value};
  if (value === null) return {NULL: true};
  if (value instanceof Date) return {DATE: value.getTime()};
  if (value instanceof Uint8Array) return {B: base64(value)};
  // ElectroDB and the toolbox answer JavaScript's sets; older clients their own.
  if (value instanceof Set) {
    const members = [...value];
    if (members.every((one) => typeof one === 'string')) return {SS: members};
    if (members.every((one) => one instanceof Uint8Array)) return {BS: members.map(base64)};
    return {NS: members.map(String)};
  }
  if (Array.isArray(value)) return {L: value.map(toTagged)};
  return {M: itemToTagged(value)};
}

export function itemToTagged(item) {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, toTagged(value)]));
}

// What the service stores, from the client's low-level answers, whose binary values are bytes.
export function storedToTagged(item) {
  return JSON.parse(JSON.stringify(item, (_, value) => {
    if (value?.type === 'Buffer') return Buffer.from(value.data).toString('base64');
    if (value instanceof Uint8Array) return base64(value);
    return value;
  }));
}

export function storedFromTagged(item) {
  const one = (value) => {
    const [[tag, inside]] = Object.entries(value);
    if (tag === 'B') return {B: Buffer.from(inside, 'base64')};
    if (tag === 'BS') return {BS: inside.map((member) => Buffer.from(member, 'base64'))};
    if (tag === 'L') return {L: inside.map(one)};
    if (tag === 'M') return {M: storedFromTagged(inside)};
    return value;
  };
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, one(value)]));
}

export const credentials = {accessKeyId: 'test', secretAccessKey: 'test'};

// What an error is, in words that both sides can say. `reading`: an item did not fit its schema.
function classOf(error, reading) {
  switch (error.name) {
    case 'TypeMismatch': return reading ? 'mismatch' : 'invalid';
    case 'ValidationError': case 'InvalidParameter': return 'invalid';
    case 'ConditionalCheckFailedException': return 'condition';
    case 'TransactionCanceledException': return 'canceled';
    case 'ValidationException': return 'refused';
    default: return error.cause?.name && error.cause !== error ? classOf(error.cause, reading) : 'error';
  }
}

// Answers steps, one JSON object a line, until standard input ends. `carryOut` gives the items that
// a step shows, if any.
export async function answerSteps(carryOut) {
  for await (const line of createInterface({input: process.stdin})) {
    const step = JSON.parse(line);
    let reply;
    try {
      reply = {class: 'ok', message: '', items: (await carryOut(step)) ?? []};
    } catch (error) {
      const reading = ['get', 'batchGet', 'query', 'scan'].includes(step.op);
      reply = {class: classOf(error, reading), message: `${error.name}: ${error.message}`, items: []};
    }
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
}
