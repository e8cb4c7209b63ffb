import { type Id, parseId, unauthorized } from '#base';
import type { EngineDatabase } from '#db';
import { hashToken, randomToken } from './api-keys.ts';
import type { Principal } from './principal.ts';

/** For a page to open its socket or stream. Longer serves only whoever reads the ticket in a log. */
const TICKET_SECONDS = 30;

const TICKET = /^tkt_([0-9a-f]{32})_[0-9A-Za-z]{43}$/;

export interface Ticket {
  /** Shown once; stored as a hash. */
  ticket: string;
  expiresInSeconds: number;
}

/** By what its holder is found again. What it may do is asked when the ticket is used. */
export type TicketHolder = Pick<Principal, 'kind' | 'id' | 'organizationId' | 'sessionId' | 'keyId'>;

interface HolderColumn {
  kind: Principal['kind'];
  id: Id;
  session_id?: Id;
  key_id?: Id;
}

const ADD = `
  insert into access_tickets (organization_id, ticket_hash, principal, expires_at)
  values ($1, $2, $3, now() + make_interval(secs => ${TICKET_SECONDS}))`;

/** One use: of any number of callers at once, one finds it unused. Primary key. */
const USE = `
  update access_tickets set used_at = now()
  where organization_id = $1 and ticket_hash = $2 and used_at is null and expires_at > now()
  returning principal`;

/** A ticket for this caller: it opens one connection, within 30 seconds. It begins with the organization, so that it is looked up in there. */
export async function createTicket(engineDb: EngineDatabase, principal: Principal): Promise<Ticket> {
  const ticket = `tkt_${principal.organizationId.replaceAll('-', '')}_${randomToken()}`;
  const holder = { kind: principal.kind, id: principal.id, session_id: principal.sessionId, key_id: principal.keyId };
  await engineDb.query('access-add-ticket', ADD, [principal.organizationId, hashToken(ticket), JSON.stringify(holder)]);
  return { ticket, expiresInSeconds: TICKET_SECONDS };
}

/** Uses a ticket up. Throws unauthorized: one message for unknown, used and expired. */
export async function useTicket(engineDb: EngineDatabase, ticket: string): Promise<TicketHolder> {
  const organizationId = parseId(TICKET.exec(ticket)?.[1] ?? '');
  if (organizationId === undefined) throw unauthorized('invalid');
  const [row] = await engineDb.query<{ principal: HolderColumn }>('access-use-ticket', USE, [organizationId, hashToken(ticket)]);
  if (!row) throw unauthorized('invalid');
  const { kind, id, session_id: sessionId, key_id: keyId } = row.principal;
  return { kind, id, organizationId, ...(sessionId ? { sessionId } : {}), ...(keyId ? { keyId } : {}) };
}
