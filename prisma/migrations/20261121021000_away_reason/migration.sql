-- Why the desk set a member away; empty when they chose it themselves.
ALTER TABLE "member_state" ADD COLUMN "away_reason" TEXT;
