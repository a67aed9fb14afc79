package nexus.delivery.state;

import static nexus.store.NamedSql.parameter;

import nexus.store.NamedSql.Parameter;

/**
 * The page of deliveries that a caller requests, and its parameters and conditions in the statements of all lists.
 *
 * @param before the end of the page before
 * @param events those of the key in the filter
 */
record RequestedPage(DeliveryFilter filter, DeliveryPosition before, int limit, KeyMatches events) {
    RequestedPage(DeliveryFilter filter, DeliveryPosition before, int limit) {
        this(filter, before, limit, KeyMatches.NONE);
    }

    /** The seq at which the page before ended. */
    static final Parameter<RequestedPage> BEFORE =
            parameter("before", page -> page.before().seq());

    static final Parameter<RequestedPage> STATUSES =
            parameter("statuses", page -> page.filter().statuses());

    static final Parameter<RequestedPage> DEAD_REASON =
            parameter("dead_reason", page -> page.filter().deadReason().orElse(null));

    static final Parameter<RequestedPage> STATUS_CODE =
            parameter("status_code", page -> page.filter().statusCode().orElse(null));

    static final Parameter<RequestedPage> SINCE =
            parameter("since", page -> TimeBounds.sinceOrBeginning(page.filter().since()));

    static final Parameter<RequestedPage> UNTIL =
            parameter("until", page -> TimeBounds.untilOrEnd(page.filter().until()));

    /** One row more than the page has shows that another page follows. */
    static final Parameter<RequestedPage> ROWS = parameter("rows", page -> page.limit() + 1);

    static final Parameter<RequestedPage> SUBSCRIPTION =
            parameter("subscription", page -> page.filter().subscriptionId().orElse(null));

    /** SQL: the first day of {@code :since}. The day of a delivery is that of its {@code created_at}. */
    static final String FIRST_DAY = "(:since::timestamptz AT TIME ZONE 'UTC')::date";

    /** A condition on {@code d.day}, which excludes the partitions of other days. */
    static final String IN_DAYS = "d.day BETWEEN " + FIRST_DAY + " AND (:until::timestamptz AT TIME ZONE 'UTC')::date";

    /** A condition on a row {@code known} with the columns of {@link DeliveryRows}. */
    static final String MATCHES =
            "status = ANY(:statuses::text[]) AND created_at >= :since::timestamptz AND created_at < :until::timestamptz"
                    + " AND (:dead_reason::text IS NULL OR dead_reason = :dead_reason::text)"
                    + """
                       AND (:status_code::int IS NULL OR :status_code::int = CASE
                           WHEN known.attempted_at IS NOT NULL THEN known.status_code
                           WHEN known.attempts > 0 THEN (
                               SELECT a.status_code FROM attempt a WHERE a.day = known.day AND a.seq = known.seq
                               ORDER BY a.attempt DESC LIMIT 1) END)
                      """;
}
