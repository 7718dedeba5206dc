// Holds the values of standard input against the chart's schema, as Helm does before it renders: a line for each fault.
import {readFileSync} from 'node:fs';
import Ajv from 'ajv';

const schema = JSON.parse(readFileSync(new URL('../../deploy/helm/values.schema.json', import.meta.url)));
const validate = new Ajv({allErrors: true, allowUnionTypes: true}).compile(schema);
if (!validate(JSON.parse(readFileSync(0)))) {
  for (const {instancePath, message, params} of validate.errors) console.log(`${instancePath} ${message} ${JSON.stringify(params)}`);
  process.exitCode = 1;
}
