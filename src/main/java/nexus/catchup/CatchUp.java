package nexus.catchup;

import java.time.Instant;
import java.util.Optional;
import nexus.subscription.Missed;

/** Which past events a subscription receives once it is active. */
sealed interface CatchUp {
    /** @return since when events are sent again; empty: none are */
    Optional<Instant> since(Missed missed);

    /** None. */
    record None() implements CatchUp {
        @Override
        public Optional<Instant> since(Missed missed) {
            return Optional.empty();
        }
    }

    /** Those that were counted while it was disabled. */
    record WhatWasMissed() implements CatchUp {
        @Override
        public Optional<Instant> since(Missed missed) {
            return missed.firstAt();
        }
    }

    /** Those that were stored from a time on. */
    record Since(Instant time) implements CatchUp {
        @Override
        public Optional<Instant> since(Missed missed) {
            return Optional.of(time);
        }
    }
}
