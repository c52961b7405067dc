CREATE TABLE "chain_intents" (
	"chain" text NOT NULL,
	"sender" text NOT NULL,
	"key" text NOT NULL,
	"ordinal" serial NOT NULL,
	"to" text NOT NULL,
	"data" text NOT NULL,
	"value" numeric(78, 0) NOT NULL,
	"gas" numeric(78, 0),
	"status" text NOT NULL,
	"nonce" integer,
	"transactions" jsonb NOT NULL,
	"mined_hash" text,
	"mined_block" bigint,
	"mined_block_hash" text,
	"error_code" text,
	"error_message" text,
	"attempts" integer NOT NULL,
	CONSTRAINT "chain_intents_chain_sender_key_pk" PRIMARY KEY("chain","sender","key"),
	CONSTRAINT "chain_intents_nonce" UNIQUE("chain","sender","nonce")
);
--> statement-breakpoint
CREATE TABLE "chain_balances" (
	"account" text PRIMARY KEY NOT NULL,
	"amount" numeric(78, 0) NOT NULL
);
--> statement-breakpoint
CREATE TABLE "chain_blocks" (
	"number" bigint PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"at" bigint NOT NULL,
	"has_events" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "chain_datasets" (
	"dataset_id" text PRIMARY KEY NOT NULL,
	"owner" text NOT NULL,
	"digest" text NOT NULL,
	"schema_digest" text NOT NULL,
	"manifest_digest" text NOT NULL,
	"policy_digest" text NOT NULL,
	"epsilon_cap_micro" bigint NOT NULL,
	"delta_exponent" integer NOT NULL,
	"fee" numeric(78, 0) NOT NULL,
	"min_level" integer NOT NULL,
	"unit" text NOT NULL,
	"retired" boolean NOT NULL,
	"spent_low" numeric(78, 0) NOT NULL,
	"spent_high" numeric(78, 0) NOT NULL,
	"reserved_low" numeric(78, 0) NOT NULL,
	"reserved_high" numeric(78, 0) NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "chain_events" (
	"block" bigint NOT NULL,
	"log_index" integer NOT NULL,
	"block_hash" text NOT NULL,
	"transaction" text NOT NULL,
	"at" bigint NOT NULL,
	"contract" text NOT NULL,
	"event" text NOT NULL,
	"args" jsonb NOT NULL,
	"topics" jsonb NOT NULL,
	"data" text NOT NULL,
	"facts" jsonb NOT NULL,
	"subjects" text[] NOT NULL,
	CONSTRAINT "chain_events_block_log_index_pk" PRIMARY KEY("block","log_index")
);
--> statement-breakpoint
CREATE TABLE "chain_index" (
	"id" integer PRIMARY KEY NOT NULL,
	"chain_id" integer NOT NULL,
	"genesis_hash" text NOT NULL,
	"jobs" text NOT NULL,
	"block" bigint NOT NULL,
	"hash" text
);
--> statement-breakpoint
CREATE TABLE "chain_jobs" (
	"job_id" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"developer" text NOT NULL,
	"provider" text NOT NULL,
	"dataset_id" text NOT NULL,
	"order" jsonb,
	"attempt" integer NOT NULL,
	"from_step" bigint NOT NULL,
	"rate" numeric(78, 0) NOT NULL,
	"price" numeric(78, 0) NOT NULL,
	"escrow" numeric(78, 0) NOT NULL,
	"dataset_fee" numeric(78, 0) NOT NULL,
	"stake_locked" numeric(78, 0) NOT NULL,
	"start_by" bigint NOT NULL,
	"deliver_by" bigint,
	"contest_ends" bigint,
	"enclave_key" text,
	"evidence_id" text,
	"key_released" boolean NOT NULL,
	"checkpoint_step" bigint NOT NULL,
	"checkpoint_digest" text,
	"paid_steps" bigint NOT NULL,
	"result_digest" text,
	"certificate_digest" text,
	"rdp_low" numeric(78, 0),
	"rdp_high" numeric(78, 0),
	"enclave_sig" text,
	"provider_paid" numeric(78, 0) NOT NULL,
	"treasury_paid" numeric(78, 0) NOT NULL,
	"dataset_paid" numeric(78, 0) NOT NULL,
	"refunded" numeric(78, 0) NOT NULL,
	"budget" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "chain_providers" (
	"account" text PRIMARY KEY NOT NULL,
	"url" text NOT NULL,
	"speed" numeric(78, 0) NOT NULL,
	"active" boolean NOT NULL,
	"alpha_gwei" numeric(78, 0) NOT NULL,
	"beta_gwei" numeric(78, 0) NOT NULL,
	"level" integer NOT NULL,
	"level_until" bigint NOT NULL,
	"verifier" text,
	"evidence_id" text,
	"locked" numeric(78, 0) NOT NULL,
	"created_at" bigint
);
--> statement-breakpoint
CREATE INDEX "chain_intents_status" ON "chain_intents" USING btree ("chain","sender","status");--> statement-breakpoint
CREATE INDEX "chain_intents_mined" ON "chain_intents" USING btree ("chain","sender","mined_block");--> statement-breakpoint
CREATE INDEX "chain_datasets_owner" ON "chain_datasets" USING btree ("owner");--> statement-breakpoint
CREATE INDEX "chain_events_subjects" ON "chain_events" USING gin ("subjects");--> statement-breakpoint
CREATE INDEX "chain_jobs_state" ON "chain_jobs" USING btree ("state","created_at");--> statement-breakpoint
CREATE INDEX "chain_jobs_developer" ON "chain_jobs" USING btree ("developer");--> statement-breakpoint
CREATE INDEX "chain_jobs_provider" ON "chain_jobs" USING btree ("provider");--> statement-breakpoint
CREATE INDEX "chain_jobs_dataset" ON "chain_jobs" USING btree ("dataset_id");