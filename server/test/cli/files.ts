import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const GREET = `name: Greet
tasks:
  - name: receive
    task_executor_name: receive_file
    parameters: {}
  - name: greet
    task_executor_name: format_data
    parameters:
      template: "{{ input.name }} has {{ input.count | plus: 1 }} of {{ receive.filename }}"
`;

const READ = `name: Read
tasks:
  - name: receive
    task_executor_name: receive_file
    parameters: {}
  - name: read
    task_executor_name: doc_to_text
    parameters:
      document_url: "{{receive.document_url}}"
      mime_type: "{{receive.mime_type}}"
`;

/** Its last task is not on the way that the run takes. */
const FORK = `name: Fork
tasks:
  - name: receive
    task_executor_name: receive_file
    parameters: {}
  - name: size
    task_executor_name: branch
    parameters: { routes: [{ name: large, when: receive.size_bytes > 1000000 }], else: small }
  - name: taken
    task_executor_name: format_data
    depends_on: [size.small]
    parameters: { template: "{{ receive.filename }} is small" }
  - name: passed by
    task_executor_name: format_data
    depends_on: [size.large]
    parameters: { template: "{{ receive.filename }} is large" }
`;

/** Three faults: an executor that there is not, a reference to nothing, a parameter of the wrong type. */
const WRONG = `name: Wrong
tasks:
  - name: receive
    task_executor_name: receive_file
    parameters: {}
  - name: read
    task_executor_name: doc_to_txt
    parameters: {}
  - name: greet
    task_executor_name: format_data
    parameters:
      template: 5
  - name: pause
    task_executor_name: delay
    depends_on: [nobody]
    parameters: { duration: 1s }
`;

/** A folder with what a person would have: flows, a document, a document that is none. */
export async function writeFiles() {
  const folder = await mkdtemp(join(tmpdir(), 'flow-cli-'));
  const write = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  return {
    folder,
    dataDir: join(folder, 'data'),
    greet: await write('greet.yaml', GREET),
    fork: await write('fork.yaml', FORK),
    read: await write('read.yaml', READ),
    wrong: await write('wrong.yaml', WRONG),
    note: await write('note.txt', 'A note.'),
    broken: await write('broken.pdf', 'This is no PDF.'),
  };
}
