CREATE TABLE "book_clearings" (
	"digest" text PRIMARY KEY NOT NULL,
	"at" bigint NOT NULL,
	"inputs" jsonb NOT NULL,
	"outcome" jsonb NOT NULL,
	"matches" bigint NOT NULL,
	"refusals" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "book_grants" (
	"dataset_id" text NOT NULL,
	"developer" text NOT NULL,
	"id" text NOT NULL,
	"nonce" numeric(20, 0) NOT NULL,
	"grant" jsonb NOT NULL,
	"signature" text NOT NULL,
	"expires_at" bigint NOT NULL,
	CONSTRAINT "book_grants_dataset_id_developer_pk" PRIMARY KEY("dataset_id","developer")
);
--> statement-breakpoint
CREATE TABLE "book_manifests" (
	"dataset_id" text PRIMARY KEY NOT NULL,
	"manifest" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "book_offers" (
	"provider" text PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"nonce" numeric(20, 0) NOT NULL,
	"offer" jsonb NOT NULL,
	"signature" text NOT NULL,
	"expires_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "book_orders" (
	"job_id" text PRIMARY KEY NOT NULL,
	"developer" text NOT NULL,
	"dataset_id" text NOT NULL,
	"order" jsonb NOT NULL,
	"signature" text NOT NULL,
	"spec" jsonb NOT NULL,
	"preferences" jsonb,
	"received_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"reasons" jsonb NOT NULL
);
--> statement-breakpoint
CREATE INDEX "book_clearings_at" ON "book_clearings" USING btree ("at");--> statement-breakpoint
CREATE INDEX "book_orders_expiry" ON "book_orders" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "book_orders_received" ON "book_orders" USING btree ("received_at","job_id");--> statement-breakpoint
CREATE INDEX "book_orders_developer" ON "book_orders" USING btree ("developer","expires_at");