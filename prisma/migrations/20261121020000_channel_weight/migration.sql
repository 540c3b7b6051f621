-- Units of capacity that one conversation of the channel takes. Open conversations keep their own.
ALTER TABLE "channel" ADD COLUMN "weight" INTEGER NOT NULL DEFAULT 1;

-- What Prisma cannot say ------------------------------------------------------------------------

-- A weight below 1 would let an agent hold any number of conversations (I4).
ALTER TABLE "channel" ADD CONSTRAINT channel_weight_range CHECK (weight BETWEEN 1 AND 100);
