package nexus.webhook;

import java.time.Duration;
import java.util.Optional;

/**
 * What became of one request. An answer that is not complete never counts as a success, but a refusal counts as soon
 * as its status is known.
 */
public sealed interface SendResult {
    /** From the call of {@link WebhookSender#send} to this result. */
    Duration took();

    /** A short name out of a closed set, for meters. */
    String outcome();

    /** What went wrong, for the attempt's log; empty when nothing did. */
    Optional<String> error();

    /** The answer's status code, if there was an answer. */
    default Optional<Integer> statusCode() {
        return Optional.empty();
    }

    /** The first 16 KiB of the answer's body as text; empty text when there was none. */
    default String answer() {
        return "";
    }

    /** A complete answer (or its first 16 KiB) with a status from 200 to 299. */
    record Delivered(
            int status, @Override String answer, @Override Duration took) implements SendResult {
        @Override
        public String outcome() {
            return "delivered";
        }

        @Override
        public Optional<String> error() {
            return Optional.empty();
        }

        @Override
        public Optional<Integer> statusCode() {
            return Optional.of(status);
        }
    }

    /**
     * Any other status, a redirect included.
     *
     * @param retryAfter how long the receiver asks to be left alone; at most 24 h
     */
    record Refused(
            int status,
            @Override String answer,
            Optional<Duration> retryAfter,
            @Override Duration took) implements SendResult {
        @Override
        public String outcome() {
            return "refused";
        }

        @Override
        public Optional<String> error() {
            return Optional.of("answered " + status);
        }

        @Override
        public Optional<Integer> statusCode() {
            return Optional.of(status);
        }
    }

    /** No connection, or no HTTP on it, or it broke before the answer was complete. */
    record Unreachable(String why, @Override Duration took) implements SendResult {
        @Override
        public String outcome() {
            return "unreachable";
        }

        @Override
        public Optional<String> error() {
            return Optional.of(why);
        }
    }

    /**
     * The deadline passed.
     *
     * @param doing continues "timed out"
     */
    record TimedOut(String doing, @Override Duration took) implements SendResult {
        @Override
        public String outcome() {
            return "timed-out";
        }

        @Override
        public Optional<String> error() {
            return Optional.of("timed out " + doing);
        }
    }

    /** Nothing was sent: the target's name resolves to an address that must not be reached. */
    record Blocked(String address, @Override Duration took) implements SendResult {
        @Override
        public String outcome() {
            return "blocked";
        }

        @Override
        public Optional<String> error() {
            return Optional.of(address + " is not a public address, and TARGETS_ALLOW does not cover it");
        }
    }
}
