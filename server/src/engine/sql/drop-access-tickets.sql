-- drop-access-tickets: $1 how many. Holds after it: no ticket is past its time, or as many as asked for are gone. Index: access_tickets_expired.
delete from access_tickets t using (
  select organization_id, ticket_hash from access_tickets where expires_at < now() order by expires_at limit $1::int for update skip locked
) old
 where t.organization_id = old.organization_id and t.ticket_hash = old.ticket_hash
   and t.expires_at < now()
returning t.organization_id
