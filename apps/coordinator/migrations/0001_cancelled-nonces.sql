-- The matcher looks up which nonces the signers of open documents have cancelled, in the events of the chain's index.
CREATE INDEX "book_cancelled_nonces" ON "chain_events" USING btree (("args" ->> 'signer')) WHERE "event" = 'NonceCancelled';
