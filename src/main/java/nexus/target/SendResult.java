package nexus.target;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How one request to a target ended. An answer that is not complete never counts as a success, but a refusal counts as
 * soon as it is known.
 */
public sealed interface SendResult {
    /** From the call of the sender to this result. */
    Duration took();

    /** A short name out of a closed set, for meters. */
    String outcome();

    /** Why the request failed, for the attempt's log; empty when it did not. */
    Optional<String> error();

    /** The target's answer, for the attempt's log; null when there was none. */
    default @Nullable Answer answer() {
        return null;
    }

    /** The code of the answer, where there is one: see {@link Answer}. */
    default Optional<Integer> code() {
        Answer answer = answer();
        return answer == null ? Optional.empty() : Optional.ofNullable(answer.code());
    }

    /** The target took the delivery. */
    record Delivered(@Override Answer answer, @Override Duration took) implements SendResult {
        @Override
        public String outcome() {
            return "delivered";
        }

        @Override
        public Optional<String> error() {
            return Optional.empty();
        }
    }

    /** The target answered that it does not take the delivery. */
    record Refused(
            String why,
            @Override Answer answer,
            Extent extent,
            @Override Duration took) implements SendResult {
        @Override
        public String outcome() {
            return "refused";
        }

        @Override
        public Optional<String> error() {
            return Optional.of(why);
        }
    }

    /** There was no connection to the target, or it broke before the answer was complete. */
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

    /**
     * No request was made, because the event has no form that could be sent. Another attempt ends the same until the
     * subscription is changed.
     *
     * @param reason a short name out of a closed set, shown as the reason of the dead delivery
     */
    record Unsendable(String reason, String why, @Override Duration took) implements SendResult {
        @Override
        public String outcome() {
            return "unsendable";
        }

        @Override
        public Optional<String> error() {
            return Optional.of(why);
        }
    }

    /**
     * Nothing can be sent to the target, because the server in front of it is out of order or refuses Nexus's login. The
     * delivery is not given up for it, however many attempts were made.
     *
     * @param answer null when the server gave none
     */
    record OutOfService(
            String why,
            @Override @Nullable Answer answer,
            @Override Duration took) implements SendResult {
        @Override
        public String outcome() {
            return "out-of-service";
        }

        @Override
        public Optional<String> error() {
            return Optional.of(why);
        }
    }

    /** Which deliveries a refusal is about. */
    sealed interface Extent {
        /** The target works, and may take other deliveries. */
        record ThisDelivery() implements Extent {}

        /** The target works, may take other deliveries, and will never take this one. */
        record ThisDeliveryForGood() implements Extent {}

        /**
         * The target is broken or overloaded.
         *
         * @param pause the time for which it asks to get no deliveries at all; at most 24 h
         */
        record AllForNow(Optional<Duration> pause) implements Extent {}

        /**
         * The target refuses all deliveries for good.
         *
         * @param why the reason that the disabled subscription shows
         */
        record AllForGood(String why) implements Extent {}
    }
}
