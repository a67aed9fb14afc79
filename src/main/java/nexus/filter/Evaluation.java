package nexus.filter;

import nexus.value.Value;

/** The evaluation of one filter for one event. Used by one thread. */
final class Evaluation {
    /** Bounds the time that a filter of many searches takes for a large text; beyond it, a search is undecided. */
    private static final long MAX_SEARCHED = 256L << 20;

    private final Value.Fields event;
    private long searchable = MAX_SEARCHED;

    Evaluation(Value.Fields event) {
        this.event = event;
    }

    Value.Fields event() {
        return event;
    }

    /** Whether a text of this length may be searched too. */
    boolean maySearch(int length) {
        searchable -= length;
        return searchable >= 0;
    }
}
