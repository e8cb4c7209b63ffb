import type { OutputEditedStatus, ProcessingStatus, StaleStatus } from '../wire/statuses.ts';
import type { StatusWord } from './task-output.wire.ts';

export interface OutputStatuses {
  processingStatus: ProcessingStatus;
  editedStatus: OutputEditedStatus;
  staleStatus: StaleStatus;
  /** The founding word in_progress was used; it is given back. */
  inProgress: boolean;
}

function readWord(word: StatusWord): OutputStatuses {
  const plain = { editedStatus: 'not_edited', staleStatus: 'consistent', inProgress: false } as const;
  switch (word) {
    case 'in_progress':
      return { ...plain, processingStatus: 'running', inProgress: true };
    case 'stale':
      return { ...plain, processingStatus: 'completed', staleStatus: 'stale' };
    case 'edited':
      return { ...plain, processingStatus: 'completed', editedStatus: 'edited' };
    default:
      return { ...plain, processingStatus: word };
  }
}

/**
 * Both vocabularies of a request become the three newer fields (core.md 6, `status` in). An explicit newer field wins over the founding
 * `status`: a client of the founding page never sends one.
 */
export function readStatuses(body: {
  status?: StatusWord | undefined;
  processing_status?: ProcessingStatus | undefined;
  edited_status?: OutputEditedStatus | undefined;
  stale_status?: StaleStatus | undefined;
}): OutputStatuses {
  const said = readWord(body.status ?? 'queued');
  const processingStatus = body.processing_status ?? said.processingStatus;
  return {
    processingStatus,
    editedStatus: body.edited_status ?? said.editedStatus,
    staleStatus: body.stale_status ?? said.staleStatus,
    inProgress: said.inProgress && processingStatus === 'running',
  };
}
