package nexus.filter;

/** The decision of a filter about one event, and the first clause that decided it. */
public sealed interface Decision {
    Decision MATCHED = new Matched();

    boolean isMatched();

    /** Every clause holds. */
    record Matched() implements Decision {
        @Override
        public boolean isMatched() {
            return true;
        }
    }

    record NotMatched(Clause clause) implements Decision {
        @Override
        public boolean isMatched() {
            return false;
        }
    }

    /** The clause is about a value that the event does not contain. The event is not sent. */
    record Undecided(Clause clause) implements Decision {
        @Override
        public boolean isMatched() {
            return false;
        }
    }

    /**
     * A clause with the value that it found. Both texts are bounded in length.
     *
     * @param pointer its place in the filter, as a JSON pointer
     * @param expected the clause as JSON; for a reference also the value that it found
     * @param seen the value as JSON, {@code missing} or {@code unknown}
     */
    record Clause(String pointer, String expected, String seen) {}
}
