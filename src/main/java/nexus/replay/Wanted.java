package nexus.replay;

/** Which of the selected events a replay sends. */
enum Wanted {
    /** Those of which the subscription has no delivery. */
    MISSING("missing"),
    /** Those whose delivery is DEAD; it is retried. */
    DEAD("DEAD"),
    /** All; those that have a delivery get another one. */
    ANY("any");

    private final String word;

    Wanted(String word) {
        this.word = word;
    }

    /** As the API and the store write it. */
    String word() {
        return word;
    }

    static Wanted of(String word) {
        for (Wanted wanted : values()) {
            if (wanted.word.equals(word)) {
                return wanted;
            }
        }
        throw new IllegalArgumentException("no such status: " + word);
    }
}
