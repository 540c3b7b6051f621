-- Read marks carry the transaction that moved them, so that a member's other tabs and devices find
-- them by the same cursor as events (D4).
ALTER TABLE "member_read" ADD COLUMN "tx" xid8 NOT NULL DEFAULT pg_current_xact_id();

-- CreateIndex
DROP INDEX "member_read_member_id_idx";
CREATE INDEX "member_read_member_id_tx_idx" ON "member_read"("member_id", "tx");

-- CreateIndex
CREATE INDEX "conversation_visitor_id_id_idx" ON "conversation"("visitor_id", "id");

-- What Prisma cannot say ------------------------------------------------------------------------

-- The newest known configuration of a member, to notice what changed; presence and availability,
-- the many, stay out.
CREATE INDEX member_event_configured_idx
  ON member_event (workspace_id, member_id, kind, ((data->>'rev')::int) DESC)
  WHERE kind NOT IN ('member.presence_changed', 'member.availability_changed');

-- The inbox's view of all open conversations, newest first (client-made UUIDv7: order of opening).
CREATE INDEX conversation_open_newest_idx ON conversation (workspace_id, id DESC) WHERE closed_at IS NULL;
-- What agents see of the closed ones: those of their queues.
CREATE INDEX conversation_closed_queue_idx ON conversation (queue_id, closed_at DESC, id) WHERE closed_at IS NOT NULL;
