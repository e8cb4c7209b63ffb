// Definitions that the tests of flows and files send.

const FILE = '8a0883ff-e0b9-4c27-8dfe-8af18c7d3ea4';
const TEXT = 'd61f3643-52d9-4ff3-bee7-7a3e26ca013f';
const FIELDS = 'e264bc8d-5d0c-4a11-b9a4-3c3a6a1f4b10';

/** The wire form with everything that an editor leaves in it. */
export const wireDefinition = () => ({
  flow: { author_uuid: '', created_at: '' },
  flow_configs: [
    {
      config: {
        groups: [],
        notes: [],
        tasks: [
          {
            visual_properties: { zIndex: 0, position: { x: 0, y: 359.25 }, collapsed: false },
            name: FILE,
            task_executor_name: 'receive_file',
            task_title: 'Receive File',
            parameters: {},
          },
          {
            visual_properties: { position: { x: 530, y: 232 } },
            name: TEXT,
            task_executor_name: 'doc_to_text',
            task_title: 'Convert Document to Text',
            parameters: { worker: 'gpt-4.1', mime_type: `{{${FILE}.mime_type}}`, document_url: `{{${FILE}.document_url}}` },
          },
          {
            name: FIELDS,
            task_executor_name: 'doc_to_structured',
            task_title: 'Doc To Structured',
            is_schedulable_executor: false,
            parameters: {
              worker: 'gpt-4.1',
              document_url: `{{${FILE}.document_url}}`,
              fields: [{ id: 'InvoiceID', title: 'Invoice ID', data_type: 'int', columns: [], instructions: '' }],
            },
          },
        ],
      },
      meta: { name: 'Invoices', description: 'From the editor' },
    },
  ],
});

/** The flat form: one input task and one after it. */
export const flatDefinition = (text = '{{ tasks.file.filename }}') => ({
  name: 'Flat',
  tasks: [
    { name: 'file', task_executor_name: 'receive_file' },
    { name: 'text', task_executor_name: 'doc_to_text', parameters: { document_url: '{{file.document_url}}' } },
    { name: 'report', task_executor_name: 'format_data', parameters: { template: text }, depends_on: ['text'] },
  ],
});

/** The flat form as a person writes it. */
export const yamlDefinition = (name = 'Invoices in YAML') => `# What accounting asked for
name: ${name}
description: Reads invoices   # two spaces kept
tasks:
  - name: file
    task_executor_name: receive_file
    colour: "ünknown" # an unknown key

  - name: text
    task_executor_name: doc_to_text
    parameters: {document_url: "{{file.document_url}}"}
# the end
`;

/** No fault that makes it impossible, but nothing that could run. */
export const emptyDefinition = () => ({ tasks: [] });

/** Names of the tasks of `wireDefinition`, in the order of execution. */
export const WIRE_TASK_NAMES = [FILE, TEXT, FIELDS];
