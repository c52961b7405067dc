CREATE TABLE "heartbeats" (
	"epoch" bigint NOT NULL,
	"slot" bigint NOT NULL,
	"provider" text NOT NULL,
	CONSTRAINT "heartbeats_epoch_slot_provider_pk" PRIMARY KEY("epoch","slot","provider")
);
