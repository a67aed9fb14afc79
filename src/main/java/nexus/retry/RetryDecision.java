package nexus.retry;

import java.time.Instant;

/** What to do after a failed attempt. */
public sealed interface RetryDecision {
    record RetryAt(Instant at) implements RetryDecision {}

    record GiveUp(Reason reason) implements RetryDecision {}

    /** Why a delivery is given up; the text is part of the API. */
    enum Reason {
        /** All attempts of its budget were made. */
        EXHAUSTED("exhausted"),
        /** The target will never take it, or answered with a status that the subscription calls final. */
        REFUSED("refused"),
        /** The endpoint answered 410: it wants no more, and the subscription is disabled. */
        GONE("gone");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }
}
