-- Words of messages and of contacts' names, written by the worker (decision 0115).
-- CreateTable
CREATE TABLE "search_entry" (
    "workspace_id" UUID NOT NULL,
    "n" BIGINT NOT NULL,
    "conversation_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "terms" INTEGER[],

    CONSTRAINT "search_entry_pkey" PRIMARY KEY ("workspace_id","n")
);

-- CreateTable
CREATE TABLE "search_progress" (
    "workspace_id" UUID NOT NULL,
    "epoch" UUID NOT NULL,
    "tx" xid8 NOT NULL DEFAULT pg_current_xact_id(),
    "conversation_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "last_n" BIGINT NOT NULL DEFAULT 0,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "search_progress_pkey" PRIMARY KEY ("workspace_id")
);

-- CreateIndex
CREATE INDEX "search_entry_terms_idx" ON "search_entry" USING GIN ("terms");

-- What Prisma cannot say ------------------------------------------------------------------------

-- New entries wait in a list that every search reads through: kept short, since the worker's batches
-- and not the append path pay for sorting it in.
ALTER INDEX search_entry_terms_idx SET (fastupdate = on, gin_pending_list_limit = 256);
-- Insert only: the defaults would let a tenth of a large table go without statistics.
ALTER TABLE search_entry SET (autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);
