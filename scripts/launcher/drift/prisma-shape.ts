import { type Column, emptyTable, type ForeignKey, type Shape, type Table } from './shape.ts';

const SCALARS: Record<string, string> = {
  String: 'text',
  Int: 'integer',
  BigInt: 'bigint',
  Boolean: 'boolean',
  DateTime: 'timestamp(3) without time zone',
  Json: 'jsonb',
  Float: 'double precision',
  Decimal: 'numeric(65,30)',
  Bytes: 'bytea',
};

const NATIVE: Record<string, (size: string) => string> = {
  Uuid: () => 'uuid',
  Text: () => 'text',
  Citext: () => 'citext',
  Inet: () => 'inet',
  Xml: () => 'xml',
  Json: () => 'json',
  JsonB: () => 'jsonb',
  SmallInt: () => 'smallint',
  Integer: () => 'integer',
  BigInt: () => 'bigint',
  Oid: () => 'oid',
  Real: () => 'real',
  DoublePrecision: () => 'double precision',
  Date: () => 'date',
  Boolean: () => 'boolean',
  ByteA: () => 'bytea',
  Decimal: (size) => `numeric(${size})`,
  Money: () => 'money',
  VarChar: (size) => (size ? `character varying(${size})` : 'character varying'),
  Char: (size) => `character(${size || 1})`,
  Timestamp: (size) => `timestamp(${size || 6}) without time zone`,
  Timestamptz: (size) => `timestamp(${size || 6}) with time zone`,
};

type Field = { name: string; type: string; list: boolean; optional: boolean; attributes: string };
type Block = { kind: string; name: string; lines: string[] };

/** Takes a comment off the end of a line, not out of a string. */
function withoutComment(line: string): string {
  return line
    .replace(/("(?:[^"\\]|\\.)*")|\/\/.*$/g, (_, text: string | undefined) => text ?? '')
    .trim();
}

function blocksOf(source: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | undefined;
  for (const line of source.split('\n').map(withoutComment)) {
    const start = /^(model|enum|view|type)\s+(\w+)\s*\{$/.exec(line);
    if (start) open = { kind: start[1] ?? '', name: start[2] ?? '', lines: [] };
    else if (line === '}' && open) {
      blocks.push(open);
      open = undefined;
    } else if (open && line) open.lines.push(line);
  }
  return blocks;
}

function fieldOf(line: string): Field {
  const match = /^(\w+)\s+(Unsupported\("[^"]+"\)|\w+)(\[\])?(\?)?\s*(.*)$/.exec(line);
  if (!match) throw new Error(`prisma/schema.prisma: this line cannot be read: ${line}`);
  const [, name = '', type = '', list, optional, attributes = ''] = match;
  return { name, type, list: Boolean(list), optional: Boolean(optional), attributes };
}

/** The text between the parentheses of `@name(...)`, nested ones included. */
function argumentOf(attributes: string, name: string): string | undefined {
  const at = attributes.search(new RegExp(`@${name}(?![\\w.])`));
  if (at < 0) return undefined;
  const open = at + name.length + 1;
  if (attributes[open] !== '(') return '';
  let depth = 0;
  let quoted = false;
  for (let index = open; index < attributes.length; index += 1) {
    const char = attributes[index];
    if (char === '"' && attributes[index - 1] !== '\\') quoted = !quoted;
    if (quoted) continue;
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    if (depth === 0) return attributes.slice(open + 1, index);
  }
  throw new Error(`prisma/schema.prisma: unclosed parenthesis in ${attributes}`);
}

const quoted = (text: string | undefined) =>
  text ? /"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] : undefined;

function defaultOf(field: Field): string | undefined {
  const given = argumentOf(field.attributes, 'default');
  if (given === undefined) return undefined;
  if (given.startsWith('dbgenerated')) return quoted(given)?.replace(/\\"/g, '"') ?? '';
  if (given === 'now()') return 'CURRENT_TIMESTAMP';
  if (given.startsWith('autoincrement')) return 'nextval';
  // Made by the client, not by the database.
  if (/^(uuid|cuid|nanoid|ulid)\(/.test(given)) return undefined;
  if (given === '[]') return '{}';
  return quoted(given)?.replace(/\\"/g, '"') ?? given;
}

function typeOf(field: Field): string {
  const unsupported = /^Unsupported\("([^"]+)"\)$/.exec(field.type);
  if (unsupported) return unsupported[1] ?? '';
  const native = /@db\.(\w+)(?:\(([^)]*)\))?/.exec(field.attributes);
  if (native) {
    const make = NATIVE[native[1] ?? ''];
    if (!make) throw new Error(`prisma/schema.prisma: unknown type @db.${native[1]}`);
    return make((native[2] ?? '').replace(/\s/g, ''));
  }
  return SCALARS[field.type] ?? field.type;
}

const REFERENTIAL: Record<string, string> = {
  Cascade: 'CASCADE',
  Restrict: 'RESTRICT',
  NoAction: 'NO ACTION',
  SetNull: 'SET NULL',
  SetDefault: 'SET DEFAULT',
};

const listIn = (text: string | undefined) =>
  (/\[([^\]]*)\]/.exec(text ?? '')?.[1] ?? '')
    .split(',')
    .map((name) => name.trim().replace(/\(.*$/, ''));

/** Reads what a schema.prisma says about tables; relations become foreign keys. */
export function prismaShape(source: string): Shape {
  const blocks = blocksOf(source);
  const models = blocks.filter((block) => block.kind === 'model');
  const enumBlocks = blocks.filter((block) => block.kind === 'enum');
  const attributesOf = (block: Block) =>
    block.lines.filter((line) => line.startsWith('@@')).join('\n');
  const tableName = (block: Block) => quoted(argumentOf(attributesOf(block), '@map')) ?? block.name;
  const tableOf = new Map(models.map((model) => [model.name, tableName(model)]));
  const enumOf = new Map(enumBlocks.map((block) => [block.name, tableName(block)]));
  const fieldsOf = (block: Block) =>
    block.lines.filter((line) => !line.startsWith('@@')).map(fieldOf);
  const columnName = (field: Field) => quoted(argumentOf(field.attributes, 'map')) ?? field.name;
  const columnsOf = new Map(
    models.map((model) => [
      model.name,
      new Map(fieldsOf(model).map((field) => [field.name, columnName(field)])),
    ]),
  );
  const toColumns = (model: string, names: string[]) =>
    names.map((name) => columnsOf.get(model)?.get(name) ?? name);

  const foreignKey = (model: Block, field: Field): ForeignKey | undefined => {
    const relation = argumentOf(field.attributes, 'relation');
    const fields = /fields:\s*(\[[^\]]*\])/.exec(relation ?? '')?.[1];
    if (!fields) return undefined;
    const chosen = /onDelete:\s*(\w+)/.exec(relation ?? '')?.[1];
    return {
      columns: toColumns(model.name, listIn(fields)),
      table: tableOf.get(field.type) ?? field.type,
      references: toColumns(
        field.type,
        listIn(/references:\s*(\[[^\]]*\])/.exec(relation ?? '')?.[1]),
      ),
      onDelete: REFERENTIAL[chosen ?? (field.optional ? 'SetNull' : 'Restrict')] ?? '',
    };
  };

  const tableFrom = (model: Block): Table => {
    const table = emptyTable();
    for (const field of fieldsOf(model)) {
      if (tableOf.has(field.type)) {
        const key = foreignKey(model, field);
        if (key) table.foreignKeys.push(key);
        continue;
      }
      const column: Column = {
        type: enumOf.get(field.type) ?? typeOf(field),
        list: field.list,
        nullable: field.optional,
        default: defaultOf(field),
      };
      table.columns.set(columnName(field), column);
      if (argumentOf(field.attributes, 'id') !== undefined) table.primaryKey = [columnName(field)];
      if (argumentOf(field.attributes, 'unique') !== undefined)
        table.uniques.push([columnName(field)]);
    }
    for (const line of model.lines.filter((text) => text.startsWith('@@'))) {
      const columns = toColumns(model.name, listIn(line));
      if (line.startsWith('@@id')) table.primaryKey = columns;
      if (line.startsWith('@@unique')) table.uniques.push(columns);
      if (line.startsWith('@@index')) table.indexes.push(columns);
    }
    return table;
  };

  return {
    tables: new Map(models.map((model) => [tableName(model), tableFrom(model)])),
    enums: new Map(
      enumBlocks.map((block) => [
        tableName(block),
        block.lines
          .filter((line) => !line.startsWith('@@'))
          .map((line) => quoted(argumentOf(line, 'map')) ?? line.split(/\s/)[0] ?? ''),
      ]),
    ),
  };
}
